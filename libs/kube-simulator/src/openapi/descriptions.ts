/** What `kubectl explain` says of the built-in kinds, in our own words. */
export const kindDescriptions: Readonly<Record<string, string>> = {
  Namespace: 'A part of the cluster with names of its own; deleting it deletes what is in it.',
  Service: 'A stable address for the pods that a selector finds.',
  Pod: 'A group of containers that run together on one node.',
  Node: 'A machine that runs pods.',
  Secret: 'Data that only those who need it should read, encoded in base64.',
  ConfigMap: 'Settings as text or bytes, by key.',
  ServiceAccount: 'An identity for programs that talk to the API server.',
  Event: 'A report that something happened to an object.',
  EndpointSlice: 'Some of the endpoints of a Service, with their addresses and ports.',
  Lease: 'A claim that its holder renews, for leader election and heartbeats.',
  Role: 'Rules about what may be done in one namespace.',
  ClusterRole: 'Rules about what may be done in the whole cluster.',
  RoleBinding: 'Gives the rules of a role to users, groups and service accounts in one namespace.',
  ClusterRoleBinding: 'Gives the rules of a cluster role to users, groups and service accounts everywhere.',
  CustomResourceDefinition: 'Defines a kind of objects that the API server then serves.',
  TokenReview: 'Asks whose a token is.',
  TokenRequest: 'Asks for a token of a service account.',
  SelfSubjectReview: 'Asks the API server who the caller is.',
  SubjectAccessReview: 'Asks whether someone may do something.',
  LocalSubjectAccessReview: 'Asks whether someone may do something in one namespace.',
  SelfSubjectAccessReview: 'Asks whether the caller may do something.',
  SelfSubjectRulesReview: 'Asks what the caller may do in one namespace.',
};

/** What it says of the fields that every object has. */
export const fieldDescriptions: Readonly<Record<string, string>> = {
  apiVersion: 'The version of the schema of this object.',
  kind: 'The kind of this object.',
  metadata: 'The name of the object, its labels, and what the server keeps about it.',
  spec: 'What is wanted.',
  status: 'What is there.',
};
