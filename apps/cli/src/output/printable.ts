/** Controls, and formats such as what turns the direction of text around: texts of clusters must not steer a terminal. */
const steering = /[\p{Cc}\p{Cf}]/gu;

/** A text of somebody else, fit for one line of a terminal. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(/\s+/g, ' ').replaceAll(steering, '?');
}
