/** What the generated models are made of: the part of a botocore service model that a server needs, without its prose. */

/** Where a member of a request or an error travels; a member without one is in the body. */
interface MemberModel {
  readonly shape: string;
  readonly location?: 'uri' | 'querystring' | 'header';
  readonly locationName?: string;
}

export interface StructureModel {
  readonly type: 'structure';
  readonly required?: readonly string[];
  readonly members: Readonly<Record<string, MemberModel>>;
  readonly union?: true;
  /** Set on the shapes that are errors; `code` is the name on the wire where it is not the shape's own. */
  readonly error?: { readonly status: number; readonly code?: string; readonly fault?: 'receiver' };
}

export interface ListModel {
  readonly type: 'list';
  readonly member: string;
  readonly min?: number;
  readonly max?: number;
}

export interface MapModel {
  readonly type: 'map';
  readonly key: string;
  readonly value: string;
  readonly min?: number;
  readonly max?: number;
}

export interface StringModel {
  readonly type: 'string';
  readonly min?: number;
  readonly max?: number;
  /** To be matched against the whole string: botocore strips the anchors of a Smithy pattern and pads one that has none. */
  readonly pattern?: string;
  readonly enum?: readonly string[];
}

export interface IntegerModel {
  readonly type: 'integer';
  readonly min?: number;
  readonly max?: number;
}

export type ShapeModel =
  StructureModel | ListModel | MapModel | StringModel | IntegerModel | { readonly type: 'boolean' } | { readonly type: 'timestamp' };

export interface OperationModel {
  readonly method: string;
  /** The path with its labels, such as `/targetgroups/{targetGroupIdentifier}`. */
  readonly uri: string;
  readonly status: number;
  readonly input?: string;
  readonly output?: string;
  /** The element that wraps the result in the Query protocol. */
  readonly resultWrapper?: string;
  readonly errors: readonly string[];
  /** Set where the operation is called without a signature. */
  readonly unsigned?: true;
}

export interface ServiceModel {
  /** The name in the credential scope of a signature. */
  readonly signingName: string;
  readonly apiVersion: string;
  readonly operations: Readonly<Record<string, OperationModel>>;
  /** Operations of the real service that the simulator refuses by name. */
  readonly refused: Readonly<Record<string, { readonly method: string; readonly uri: string }>>;
  readonly shapes: Readonly<Record<string, ShapeModel>>;
}
