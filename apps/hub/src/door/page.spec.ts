import { describe, expect, it } from '@jest/globals';
import { pageText } from './page.js';

const entriesOf = (names: readonly string[]) => names.map((key) => ({ key, item: key, text: JSON.stringify(key) }));
const names = Array.from({ length: 25 }, (_, i) => `item-${String(i).padStart(2, '0')}`);
const all = () => true;

interface Page {
  readonly items: string[];
  readonly continue?: string;
}

async function page(of: readonly string[], query: object, isVisible: (item: string) => boolean | Promise<boolean> = all): Promise<Page> {
  return JSON.parse(await pageText(entriesOf(of), query, isVisible)) as Page;
}

describe('a page of a list', () => {
  it('is all of it where it fits', async () => {
    expect(await page(names, {})).toEqual({ items: names });
    expect(await page([], {})).toEqual({ items: [] });
    expect(await page(names, { limit: 25 })).toEqual({ items: names });
  });

  it('leads on to the next one, until there is no more', async () => {
    const seen: string[][] = [];
    let next: string | undefined;
    do {
      const { items, continue: following } = await page(names, { limit: 10, ...(next !== undefined && { continue: next }) });
      seen.push(items);
      next = following;
    } while (next !== undefined);
    expect(seen.map((items) => items.length)).toEqual([10, 10, 5]);
    expect(seen.flat()).toEqual(names);
  });

  it('goes on in the right place where items came and went between the pages', async () => {
    const first = await page(names, { limit: 10 });
    const changed = ['before', ...names.filter((name) => name !== first.items.at(-1)), 'zz'];
    const { items } = await page(changed, { limit: 100, continue: first.continue ?? '' });
    expect(items).toEqual([...names.slice(10), 'zz']);
  });

  it('holds only what the caller may see, and as many of it as fit', async () => {
    const even = (name: string) => Promise.resolve(Number(name.slice(-1)) % 2 === 0);
    expect((await page(names, { limit: 5 }, even)).items).toEqual(['item-00', 'item-02', 'item-04', 'item-06', 'item-08']);
    expect(await page(names, { limit: 13 }, even)).not.toHaveProperty('continue');
  });

  it.each([['no token'], ['!!!!'], [Buffer.from('2 item').toString('base64url')]])('refuses %s as a continue', async (token) => {
    await expect(page(names, { continue: token })).rejects.toMatchObject({ status: 400, errors: [{ field: 'continue' }] });
  });
});
