/** A condition as Kubernetes objects carry it, without the times that only whoever writes it knows. */
export interface Condition {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  /** One CamelCase word. */
  readonly reason: string;
  /** For people. It has no time and no counter that moves by itself, so that it does not flap. */
  readonly message: string;
}
