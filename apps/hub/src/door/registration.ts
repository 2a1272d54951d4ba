import {
  detachFinalizer,
  fieldManager,
  hubGroup,
  hubPolicyOrigin,
  kubeconfigLabel,
  memberAnnotations,
  type MemberClusterSpec,
} from '@hub/api';
import { snapshotName } from '@hub/fleet';
import { AddressRules, readMemberKubeconfig } from '@hub/kube';
import { admitMembers } from '@hub/plan';
import type { Hub } from '../hub.js';
import type { Caller } from './access.js';
import { Problem } from './problem.js';
import type { ClusterChange, ClusterRegistration } from './views.js';

const apiVersion = `${hubGroup}/v1alpha1`;
const kind = 'MemberCluster';

/** Writes members into the hub cluster, as whoever asks: RBAC, admission and the audit log there see the person. */
export class Registration {
  private readonly rules: AddressRules;

  constructor(
    private readonly hub: Hub,
    memberAddressesAllowed: readonly string[],
  ) {
    this.rules = new AddressRules(memberAddressesAllowed);
  }

  /** @throws Problem, KubeconfigError, KubeError */
  async register(caller: Caller, registration: ClusterRegistration): Promise<void> {
    this.checkKubeconfig(registration.kubeconfig);
    this.checkAdmission(registration);
    const { name } = registration;
    const member = { apiVersion, kind, metadata: { name, finalizers: [detachFinalizer] }, spec: specOf(registration) };
    // Tried first, so that no member is left without its Secret.
    await this.writeSecret(caller, name, registration.kubeconfig, undefined, true);
    const created = await this.hub.api.createAs(caller.token, member, fieldManager);
    await this.writeSecret(caller, name, registration.kubeconfig, created.metadata?.uid);
  }

  /** @throws Problem, KubeconfigError, KubeError */
  async change(caller: Caller, name: string, { kubeconfig, ...spec }: ClusterChange): Promise<void> {
    const stored = this.hub.fleet.stored(name);
    if (!stored) throw notFound(name);
    if (kubeconfig !== undefined) {
      this.checkKubeconfig(kubeconfig);
      await this.writeSecret(caller, name, kubeconfig, stored.record.uid);
    }
    if (Object.keys(spec).length > 0)
      await this.hub.api.mergePatchAs(caller.token, Object.assign({ apiVersion, kind, metadata: { name } }, { spec }), fieldManager);
  }

  /** @throws Problem, KubeError */
  async detach(caller: Caller, name: string, onDetach: 'Keep' | 'Remove' | undefined): Promise<void> {
    if (!this.hub.fleet.stored(name)) throw notFound(name);
    if (onDetach !== undefined) await this.change(caller, name, { onDetach });
    await this.hub.api.deleteAs(caller.token, { apiVersion, kind, metadata: { name } });
  }

  /** @throws Problem 409 where something else is withheld now than what the id stands for; KubeError */
  async acknowledge(caller: Caller, name: string, id: string): Promise<void> {
    const stored = this.hub.fleet.stored(name);
    if (!stored) throw notFound(name);
    // Where this replica follows the member, it knows what is withheld before its status says so.
    const member = this.hub.fleet.member(name);
    const isOfNow = member?.session.state !== 'Synced' || member.acknowledgementId() === id;
    if (stored.status?.withheld?.acknowledgementId !== id || !isOfNow) {
      throw new Problem(
        409,
        'Conflict',
        'something else is withheld now than what this id stands for: look again, and acknowledge what you see',
        [{ field: 'id', fix: 'must be status.withheld.acknowledgementId of the cluster as it is now' }],
      );
    }
    const metadata = { name, annotations: { [memberAnnotations.acknowledge]: id } };
    await this.hub.api.mergePatchAs(caller.token, { apiVersion, kind, metadata }, fieldManager);
  }

  /**
   * @returns the MemberSnapshot that it was written on
   * @throws Problem 409 where something else is held than what the id stands for; KubeError
   */
  async acknowledgeHub(caller: Caller, id: string): Promise<string> {
    if (this.hub.fleet.hub.wordOf(hubPolicyOrigin)?.held?.acknowledgementId !== id) {
      throw new Problem(
        409,
        'Conflict',
        'something else is held now than what this id stands for: look again, and acknowledge what you see',
        [{ field: 'id', fix: 'must be acknowledgementId of GET /api/v1/hub as it is now' }],
      );
    }
    const name = snapshotName(hubPolicyOrigin, 0);
    const metadata = { name, annotations: { [memberAnnotations.acknowledge]: id } };
    await this.hub.api.mergePatchAs(caller.token, { apiVersion, kind: 'MemberSnapshot', metadata }, fieldManager);
    return name;
  }

  /** What can be told of a kubeconfig without connecting: a name is looked up when the hub connects. */
  private checkKubeconfig(text: string): void {
    const { server } = readMemberKubeconfig(text);
    const host = server.hostname.replace(/^\[|\]$/g, '');
    const why = /^[\d.]+$|:/.test(host) ? this.rules.refusal(host) : undefined;
    if (why !== undefined)
      throw new Problem(400, 'AddressRefused', `the server of the kubeconfig is refused: ${why}`, [
        {
          field: 'kubeconfig',
          fix: 'name the API server by an address that the hub may call; MEMBER_ADDRESSES_ALLOWED of the hub can allow this one',
        },
      ]);
  }

  private checkAdmission(registration: ClusterRegistration): void {
    const existing = [...this.hub.fleet.allMembers()].map(({ record }) => record);
    const candidate = { name: registration.name, createdAtMs: Infinity, spec: specOf(registration), joinedAs: undefined };
    const verdict = admitMembers(
      [...existing.filter((record) => record.name !== registration.name), candidate],
      this.hub.fleet.ownAccountId,
    ).get(registration.name);
    if (verdict && !verdict.admitted) throw new Problem(422, verdict.reason, verdict.message);
  }

  private async writeSecret(
    caller: Caller,
    name: string,
    kubeconfig: string,
    ownerUid: string | undefined,
    isDryRun = false,
  ): Promise<void> {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: {
        name: secretName(name),
        namespace: this.hub.namespace,
        labels: { [kubeconfigLabel]: 'true' },
        ...(ownerUid !== undefined && { ownerReferences: [{ apiVersion, kind, name, uid: ownerUid }] }),
      },
      type: 'Opaque',
      data: { kubeconfig: Buffer.from(kubeconfig).toString('base64') },
    };
    await this.hub.api.applyAs(caller.token, secret, { fieldManager, isDryRun });
  }
}

function specOf(registration: ClusterRegistration): MemberClusterSpec {
  const { name, aws, clusterName, policyScope, onDetach, paused } = registration;
  return {
    kubeconfigSecretRef: { name: secretName(name), key: 'kubeconfig' },
    aws,
    ...(clusterName !== undefined && { clusterName }),
    mode: 'Hub',
    policyScope: policyScope ?? 'Fleet',
    paused: paused ?? false,
    onDetach: onDetach ?? 'Keep',
  };
}

function secretName(member: string): string {
  return `${member}-kubeconfig`;
}

function notFound(name: string): Problem {
  return new Problem(404, 'NotFound', `there is no MemberCluster ${JSON.stringify(name)}`);
}
