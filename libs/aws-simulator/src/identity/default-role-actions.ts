/** What a hub's role in an account is allowed to do where nothing else is said. */
export const defaultRoleActions: readonly string[] = [
  'vpc-lattice:CreateTargetGroup',
  'vpc-lattice:GetTargetGroup',
  'vpc-lattice:UpdateTargetGroup',
  'vpc-lattice:DeleteTargetGroup',
  'vpc-lattice:ListTargetGroups',
  'vpc-lattice:RegisterTargets',
  'vpc-lattice:DeregisterTargets',
  'vpc-lattice:ListTargets',
  'vpc-lattice:TagResource',
  'vpc-lattice:UntagResource',
  'vpc-lattice:ListTagsForResource',
  'tag:GetResources',
  'ec2:DescribeVpcs',
  'ec2:DescribeSubnets',
  'iam:CreateServiceLinkedRole',
];
