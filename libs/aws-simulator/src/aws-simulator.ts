import { CallLog } from './calls/call-log.js';
import { SimulatorClock } from './clock/simulator-clock.js';
import { ControlServer } from './control/control-server.js';
import type { ControlledSimulator } from './control/controlled-simulator.js';
import { Faults } from './faults/faults.js';
import { Authenticator } from './identity/authenticator.js';
import type { AccessKey } from './identity/accounts.js';
import { defaultRoleActions } from './identity/default-role-actions.js';
import { roleArn } from './identity/roles.js';
import type { RoleOptions } from './identity/roles.js';
import type { WebIdentity } from './identity/web-identities.js';
import { ForeignWriter } from './lattice/foreign-writer.js';
import { LatticeService, latticeContext } from './lattice/lattice-service.js';
import type { LatticeContext } from './lattice/lattice-context.js';
import { parseLatticeArn } from './lattice/resource-arns.js';
import { attachService, detachService } from './lattice/service-attachment.js';
import { HttpServer } from './server/http-server.js';
import { RequestPipeline } from './server/request-pipeline.js';
import { isRegionName } from './signature/region-names.js';
import { patchSettings } from './settings/patch-settings.js';
import type { SettingsPatch } from './settings/patch-settings.js';
import { defaultSettings } from './settings/simulator-settings.js';
import type { SimulatorSettings } from './settings/simulator-settings.js';
import { regionView } from './state/region-view.js';
import type { RegionView } from './state/region-view.js';
import { loadState, saveState } from './state/saved-state.js';
import type { SavedState } from './state/saved-state.js';
import { SeededRandom } from './state/seeded-random.js';
import { SimulatorState } from './state/simulator-state.js';
import { StsService } from './sts/sts-service.js';
import { TaggingService } from './tagging/tagging-service.js';
import { Throttles } from './throttle/throttles.js';

/** How a simulator starts. Every setting may stand here too. */
export interface StartOptions extends SettingsPatch {
  /** 0, the default, takes any free port. */
  readonly port?: number;
  /** 127.0.0.1 where left out. */
  readonly host?: string;
  /** Twelve digits each; 111111111111 and 222222222222 where left out. */
  readonly accounts?: readonly string[];
  /** The clock of resources and sessions, in milliseconds since the epoch; Date.now where left out. */
  readonly nowMs?: () => number;
  /** The clock that the dates of signatures are compared with; Date.now where left out, because clients sign by the machine's clock. */
  readonly wallNowMs?: () => number;
  /** The port of the control endpoint, 0 for any free one; there is none where left out. */
  readonly controlPort?: number;
  /** Ids and the chances of faults follow from it; 1 where left out. */
  readonly seed?: number;
}

/** The role that every account has, for a hub to assume. */
export const hubRoleName = 'lattice-hub';

const defaultAccounts = ['111111111111', '222222222222'];

/** Amazon VPC Lattice, STS and the Resource Groups Tagging API on one local port. */
export class AwsSimulator implements ControlledSimulator {
  /** The external id that the hub's role asks for in every account. */
  readonly externalId = 'sandbox';
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly clock: SimulatorClock;
  readonly #state: SimulatorState;
  readonly #host: string;
  #server: HttpServer | undefined;
  #control: ControlServer | undefined;

  private constructor(options: StartOptions) {
    const { port: _port, host, accounts, nowMs, wallNowMs: _wallNowMs, controlPort: _controlPort, seed, ...patch } = options;
    const settings = defaultSettings();
    patchSettings(settings, patch);
    const random = new SeededRandom(seed ?? 1);
    this.clock = new SimulatorClock(nowMs ?? Date.now);
    this.#state = new SimulatorState(this.clock, settings, random);
    this.#host = host ?? '127.0.0.1';
    this.faults = new Faults(new SeededRandom((seed ?? 1) + 1));
    this.calls = new CallLog(() => settings.callLogSize);
    for (const account of accounts ?? defaultAccounts) this.addAccount(account);
  }

  /** Starts a simulator. Rejects where the port is taken, and for a setting or an account that can't be. */
  static async start(options: StartOptions = {}): Promise<AwsSimulator> {
    const simulator = new AwsSimulator(options);
    await simulator.#listen(options.port ?? 0, options.wallNowMs ?? Date.now);
    if (options.controlPort !== undefined) await simulator.#listenForControl(options.controlPort);
    return simulator;
  }

  async #listenForControl(port: number): Promise<void> {
    try {
      this.#control = await ControlServer.start(this, { host: this.#host, port });
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  async #listen(port: number, wallNowMs: () => number): Promise<void> {
    const state = this.#state;
    const serverMs = () => wallNowMs() + state.settings.clockSkewMs;
    const pipeline = new RequestPipeline({
      state,
      services: { 'vpc-lattice': new LatticeService(state), sts: new StsService(state), tagging: new TaggingService(state) },
      authenticator: new Authenticator(state.accounts, state.sessions),
      throttles: new Throttles(state.settings),
      faults: this.faults,
      calls: this.calls,
      serverMs,
    });
    this.#server = await HttpServer.start((request, isTooLarge) => pipeline.answer(request, isTooLarge), {
      host: this.#host,
      port,
      maxBodyBytes: () => state.settings.maxBodyBytes,
      dateMs: serverMs,
    });
  }

  get port(): number {
    if (!this.#server) throw new Error('the simulator is stopped');
    return this.#server.port;
  }

  /** What an AWS client takes as its endpoint, for all three services. */
  get url(): string {
    return this.#urlOf(this.port);
  }

  /** Where the control endpoint is; undefined where there is none. */
  get controlUrl(): string | undefined {
    return this.#control && this.#urlOf(this.#control.port);
  }

  #urlOf(port: number): string {
    return `http://${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${port}`;
  }

  /** Everything that can be turned; assign to it at any time. */
  get settings(): SimulatorSettings {
    return this.#state.settings;
  }

  /** Changes several settings at once. Throws an Error for one that does not exist or has a wrong value. */
  configure(patch: SettingsPatch): void {
    patchSettings(this.#state.settings, patch);
  }

  /** Adds an account with its user and its hub role. Throws an Error where the id is not twelve digits. */
  addAccount(account: string): void {
    const { accounts, roles } = this.#state;
    accounts.add(account);
    if (!roles.get(account, hubRoleName)) roles.put(account, hubRoleName, { externalId: this.externalId });
  }

  /** The accounts that exist. */
  get accounts(): readonly string[] {
    return this.#state.accounts.ids();
  }

  /** The keys of the account's user, who may do everything in it. Throws an Error where there is no such account. */
  credentials(account: string): AccessKey {
    const found = this.#state.accounts.get(account);
    if (!found) throw new Error(`there is no account ${account}`);
    return { accessKeyId: found.accessKeyId, secretAccessKey: found.secretAccessKey };
  }

  /** The ARN of a role of the account, the hub's where no name is given. */
  roleArn(account: string, role: string = hubRoleName): string {
    return roleArn(account, role);
  }

  /** Makes a role, or makes it anew. Throws an Error where there is no such account, and for options that can't be. */
  putRole(account: string, role: string, options: RoleOptions = {}): void {
    this.credentials(account);
    this.#state.roles.put(account, role, options);
  }

  /** Sets what a role may do from now on, in sessions that exist too; null is the default list. Throws an Error where there is no such role. */
  allowActions(account: string, role: string, actions: readonly string[] | null): void {
    this.#state.roles.change(account, role, { allowedActions: actions ?? defaultRoleActions });
  }

  /** Lets nobody assume a role any more; `denySessions` also denies everything to the sessions that exist. Throws where there is no such role. */
  revokeRole(account: string, role: string = hubRoleName, options: { readonly denySessions?: boolean } = {}): void {
    const denied = options.denySessions ? { sessionsDeniedUntilMs: this.clock.nowMs() } : {};
    this.#state.roles.change(account, role, { isRevoked: true, ...denied });
  }

  /** Undoes {@link revokeRole}. */
  restoreRole(account: string, role: string = hubRoleName): void {
    this.#state.roles.change(account, role, { isRevoked: false, sessionsDeniedUntilMs: 0 });
  }

  /** Ends every session now: its next call is told that its token is expired. */
  expireSessions(): void {
    this.#state.sessions.expireAll(this.clock.nowMs());
  }

  /** Makes a web identity token known, as if an identity provider had signed it. Roles name the issuer that they trust. */
  registerWebIdentity(identity: WebIdentity): void {
    this.#state.webIdentities.register(identity);
  }

  /** A copy of what exists in an account and region. Throws an Error where there is no such account, and for a region that can't be. */
  state(account: string, region: string): RegionView {
    this.#checkPlace(account, region);
    return regionView(this.#state, account, region);
  }

  /** The accounts and regions in which anything was asked for. */
  regions(): readonly { readonly account: string; readonly region: string }[] {
    return this.#state.regions().map(({ account, region }) => ({ account, region }));
  }

  /** Everything that is remembered, as plain JSON; calls and faults are not in it. */
  save(): SavedState {
    return saveState(this.#state);
  }

  /** Goes on from a saved state. Throws an Error for what is none. */
  load(saved: unknown): void {
    loadState(this.#state, saved);
    // Accounts that were not saved stay, and so does the way into them.
    for (const account of this.accounts) this.addAccount(account);
  }

  /** Somebody else who changes things in an account and region. Throws an Error as {@link state} does. */
  foreignWriter(account: string, region: string): ForeignWriter {
    this.#checkPlace(account, region);
    return new ForeignWriter(this.#state, account, region);
  }

  /** Makes a group in use by a new service. Gives the service's ARN. Throws the AwsError that AWS would answer. */
  attachService(targetGroupArn: string): string {
    return attachService(this.#contextOf(targetGroupArn), targetGroupArn);
  }

  /** Makes a group unused. Throws the AwsError that AWS would answer. */
  detachService(targetGroupArn: string): void {
    detachService(this.#contextOf(targetGroupArn), targetGroupArn);
  }

  /** Stops serving and cuts every connection. Does nothing the second time. */
  async stop(): Promise<void> {
    const servers = [this.#server, this.#control];
    this.#server = undefined;
    this.#control = undefined;
    await Promise.all(servers.map(async (server) => server?.stop()));
  }

  #checkPlace(account: string, region: string): void {
    this.credentials(account);
    if (!isRegionName(region)) throw new Error(`there is no region "${region}"`);
  }

  #contextOf(arn: string): LatticeContext {
    const parsed = parseLatticeArn(arn);
    if (!parsed) throw new Error(`${arn} is not the ARN of a Lattice resource`);
    this.#checkPlace(parsed.account, parsed.region);
    const caller = { account: parsed.account, arn: `arn:aws:iam::${parsed.account}:user/somebody-else` };
    return latticeContext(this.#state, { caller, region: parsed.region, faults: {} });
  }
}
