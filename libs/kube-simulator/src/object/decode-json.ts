import { defineKey } from './json-value.js';
import type { JsonObject, JsonValue } from './json-value.js';
import { goQuote } from './go-quote.js';

/** What a body was, and which fields it names twice (paths such as `spec.ports[0].port`). */
export interface DecodedJson {
  readonly value: JsonValue;
  readonly duplicateFields: readonly string[];
}

/** A body that is no JSON. The message is the one that Go's decoder gives for the same text. */
export class JsonSyntaxError extends Error {
  override readonly name = 'JsonSyntaxError';
}

/** How deep a body may be nested, the limit of Go's decoder. */
const maxDepth = 10_000;

/**
 * Decodes JSON as the API server does: the last of two equal keys wins and both are reported, and what is wrong is said in its words.
 * @throws JsonSyntaxError
 */
export function decodeJson(text: string): DecodedJson {
  const decoder = new Decoder(text);
  const value = decoder.decodeDocument();
  return { value, duplicateFields: decoder.duplicateFields };
}

class Decoder {
  readonly duplicateFields: string[] = [];
  private position = 0;
  private depth = 0;

  constructor(private readonly text: string) {}

  decodeDocument(): JsonValue {
    const value = this.decodeValue('looking for beginning of value', '');
    this.skipSpace();
    if (this.position < this.text.length) throw this.unexpected('after top-level value');
    return value;
  }

  private decodeValue(context: string, path: string): JsonValue {
    this.skipSpace();
    const character = this.text[this.position];
    if (character === '{') return this.nested(() => this.decodeObject(path));
    if (character === '[') return this.nested(() => this.decodeArray(path));
    if (character === '"') return this.decodeString();
    if (character === 't') return this.decodeLiteral('true', true);
    if (character === 'f') return this.decodeLiteral('false', false);
    if (character === 'n') return this.decodeLiteral('null', null);
    if (character === '-' || (character !== undefined && character >= '0' && character <= '9')) return this.decodeNumber();
    throw this.unexpected(context);
  }

  private nested(decode: () => JsonValue): JsonValue {
    this.depth += 1;
    if (this.depth > maxDepth) throw new JsonSyntaxError('exceeded max depth');
    this.position += 1;
    const value = decode();
    this.depth -= 1;
    return value;
  }

  private decodeObject(path: string): JsonValue {
    const object: JsonObject = {};
    this.skipSpace();
    if (this.take('}')) return object;
    for (;;) {
      this.skipSpace();
      if (this.text[this.position] !== '"') throw this.unexpected('looking for beginning of object key string');
      const key = this.decodeString();
      const childPath = path === '' ? key : `${path}.${key}`;
      if (Object.hasOwn(object, key)) this.duplicateFields.push(childPath);
      this.skipSpace();
      if (!this.take(':')) throw this.unexpected('after object key');
      defineKey(object, key, this.decodeValue('looking for beginning of value', childPath));
      this.skipSpace();
      if (this.take('}')) return object;
      if (!this.take(',')) throw this.unexpected('after object key:value pair');
    }
  }

  private decodeArray(path: string): JsonValue {
    const list: JsonValue[] = [];
    this.skipSpace();
    if (this.take(']')) return list;
    for (;;) {
      list.push(this.decodeValue('looking for beginning of value', `${path}[${list.length}]`));
      this.skipSpace();
      if (this.take(']')) return list;
      if (!this.take(',')) throw this.unexpected('after array element');
    }
  }

  private decodeString(): string {
    const start = this.position;
    let at = start + 1;
    let plain = true;
    for (; ; at += 1) {
      const code = this.text.codePointAt(at);
      if (code === undefined) throw new JsonSyntaxError('unexpected end of JSON input');
      if (code === 0x22) break;
      if (code < 0x20) throw this.unexpectedAt(at, 'in string literal');
      if (code !== 0x5c) continue;
      plain = false;
      at = this.skipEscape(at + 1);
    }
    this.position = at + 1;
    const raw = this.text.slice(start, this.position);
    return plain ? raw.slice(1, -1) : (JSON.parse(raw) as string);
  }

  private skipEscape(at: number): number {
    const character = this.text[at];
    if (character === undefined) throw new JsonSyntaxError('unexpected end of JSON input');
    if ('"\\/bfnrt'.includes(character)) return at;
    if (character !== 'u') throw this.unexpectedAt(at, 'in string escape code');
    for (let digit = at + 1; digit <= at + 4; digit += 1) {
      const hex = this.text[digit];
      if (hex === undefined) throw new JsonSyntaxError('unexpected end of JSON input');
      if (!/[0-9a-fA-F]/.test(hex)) throw this.unexpectedAt(digit, 'in \\u hexadecimal character escape');
    }
    return at + 4;
  }

  private decodeLiteral<T extends JsonValue>(word: string, value: T): T {
    for (let index = 1; index < word.length; index += 1) {
      if (this.text[this.position + index] !== word[index]) {
        throw this.unexpectedAt(this.position + index, `in literal ${word} (expecting '${word[index]}')`);
      }
    }
    this.position += word.length;
    return value;
  }

  private decodeNumber(): number {
    const start = this.position;
    if (this.take('-') && !this.isDigit()) throw this.unexpected('in numeric literal');
    if (!this.take('0')) this.skipDigits();
    if (this.take('.')) {
      if (!this.isDigit()) throw this.unexpected('after decimal point in numeric literal');
      this.skipDigits();
    }
    if (this.take('e') || this.take('E')) {
      if (!this.take('+')) this.take('-');
      if (!this.isDigit()) throw this.unexpected('in exponent of numeric literal');
      this.skipDigits();
    }
    return Number(this.text.slice(start, this.position));
  }

  private isDigit(): boolean {
    const character = this.text[this.position];
    return character !== undefined && character >= '0' && character <= '9';
  }

  private skipDigits(): void {
    while (this.isDigit()) this.position += 1;
  }

  private take(character: string): boolean {
    if (this.text[this.position] !== character) return false;
    this.position += 1;
    return true;
  }

  private skipSpace(): void {
    for (;;) {
      const character = this.text[this.position];
      if (character !== ' ' && character !== '\t' && character !== '\n' && character !== '\r') return;
      this.position += 1;
    }
  }

  private unexpected(context: string): JsonSyntaxError {
    return this.unexpectedAt(this.position, context);
  }

  private unexpectedAt(at: number, context: string): JsonSyntaxError {
    const code = this.text.codePointAt(at);
    if (code === undefined) return new JsonSyntaxError('unexpected end of JSON input');
    return new JsonSyntaxError(`invalid character ${quoteCharacter(String.fromCodePoint(code))} ${context}`);
  }
}

function quoteCharacter(character: string): string {
  if (character === "'") return String.raw`'\''`;
  if (character === '"') return `'"'`;
  return `'${goQuote(character).slice(1, -1)}'`;
}
