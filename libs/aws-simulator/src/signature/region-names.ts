/** Such as `us-west-2`, `us-gov-east-1` or `eusc-de-east-1`. */
const wellFormed = /^[a-z]{2,4}(-[a-z]+)+-\d{1,2}$/;

/** Whether a text could be the name of a region. */
export function isRegionName(text: string): boolean {
  return wellFormed.test(text);
}
