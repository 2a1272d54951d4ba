/** An XML document of elements and texts, as the AWS Query protocol writes it: `member` elements become a list, leaves become texts. */
export function xmlTree(xml: string): unknown {
  return parseContent(xml.trim().replace(/^<\?xml[^>]*\?>/, ''));
}

function parseContent(content: string): unknown {
  const children: [string, unknown][] = [];
  const pattern = /<(\w+)[^>]*?(?:\/>|>([\s\S]*?)<\/\1>)/y;
  let match = pattern.exec(content);
  while (match) {
    children.push([match[1] ?? '', parseContent(match[2] ?? '')]);
    match = pattern.exec(content);
  }
  if (children.length === 0) return unescapeXml(content);
  if (children.every(([name]) => name === 'member')) return children.map(([, value]) => value);
  return Object.fromEntries(children);
}

function unescapeXml(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"').replaceAll('&amp;', '&');
}
