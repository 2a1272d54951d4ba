import type { CallLog } from '../calls/call-log.js';
import type { SimulatorClock } from '../clock/simulator-clock.js';
import type { Faults } from '../faults/faults.js';
import type { AccessKey } from '../identity/accounts.js';
import type { RoleOptions } from '../identity/roles.js';
import type { WebIdentity } from '../identity/web-identities.js';
import type { ForeignWriter } from '../lattice/foreign-writer.js';
import type { SettingsPatch } from '../settings/patch-settings.js';
import type { SimulatorSettings } from '../settings/simulator-settings.js';
import type { RegionView } from '../state/region-view.js';
import type { SavedState } from '../state/saved-state.js';

/** What the control endpoint needs of a simulator; AwsSimulator says what each member does. */
export interface ControlledSimulator {
  readonly settings: SimulatorSettings;
  readonly faults: Faults;
  readonly calls: CallLog;
  readonly clock: SimulatorClock;
  readonly accounts: readonly string[];
  configure(patch: SettingsPatch): void;
  addAccount(account: string): void;
  credentials(account: string): AccessKey;
  roleArn(account: string, role: string): string;
  putRole(account: string, role: string, options: RoleOptions): void;
  registerWebIdentity(identity: WebIdentity): void;
  allowActions(account: string, role: string, actions: readonly string[] | null): void;
  revokeRole(account: string, role: string, options: { readonly denySessions?: boolean }): void;
  restoreRole(account: string, role: string): void;
  expireSessions(): void;
  regions(): readonly { readonly account: string; readonly region: string }[];
  state(account: string, region: string): RegionView;
  foreignWriter(account: string, region: string): ForeignWriter;
  attachService(targetGroupArn: string): string;
  detachService(targetGroupArn: string): void;
  save(): SavedState;
  load(saved: unknown): void;
}
