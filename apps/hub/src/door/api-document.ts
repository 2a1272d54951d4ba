import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, SwaggerModule, type OpenAPIObject } from '@nestjs/swagger';
import { z } from 'zod';
import { ProblemView } from './views.js';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];

const verbs = ['get', 'post', 'patch', 'delete'] as const;

const about = `Member clusters, their exports, the policies and the target groups of a fleet.
Every request carries a bearer token that the hub cluster accepts. Reads are decided by the hub cluster's RBAC, lists hold only what the caller may
see, and writes go to the hub cluster with the caller's own token. What is refused is told as problem+json (RFC 9457), with the fields that are wrong
and how each must be.`;

/** What every operation may answer besides its own, with when it does. */
const refusals: Readonly<Record<string, string>> = {
  400: 'Something in the request is wrong: errors names the fields',
  401: 'No token, or one that the hub cluster does not accept',
  403: 'The hub cluster does not let the caller do this',
  429: 'Too many tokens that nobody knows, or too many watches: retry-after says when to try again',
  503: 'The hub cluster, or Redis, does not answer',
  default: 'Any other failure',
};
const refusedWrites: Readonly<Record<string, string>> = {
  409: 'Something is there already, or was changed meanwhile',
  413: 'The body is too large',
  415: 'The body is of a content type that is not read',
  422: 'The hub cluster, or the hub, does not take the object: errors names the fields',
};

/** Describes the API, complete: what its routes say of themselves, and what all of them may answer besides. */
export function apiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder().setTitle('lattice-hub').setDescription(about).setVersion('v1').addServer('/').addBearerAuth();
  const document = SwaggerModule.createDocument(app, builder.build());
  const { $schema: _, ...problem } = z.toJSONSchema(ProblemView, { target: 'openapi-3.0' });
  document.components = { ...document.components, schemas: { ...document.components?.schemas, Problem: problem as Schema } };
  for (const [path, item] of Object.entries(document.paths)) {
    for (const verb of verbs) {
      const operation = item[verb];
      if (!operation?.security?.length) continue;
      addRefusals(operation, path, verb !== 'get');
      addWatch(operation);
    }
  }
  return document;
}

/** A list with watch=1 is a stream of lines instead of one object. */
function addWatch(operation: Operation): void {
  const isWatched = operation.parameters?.some((parameter) => 'name' in parameter && parameter.name === 'watch');
  const answer = operation.responses['200'];
  if (!isWatched || !answer || !('content' in answer)) return;
  const list = answer.content?.['application/json']?.schema;
  const object = list && 'properties' in list ? list.properties?.['items'] : undefined;
  const item = object && 'items' in object ? object.items : undefined;
  answer.content = {
    ...answer.content,
    'application/x-ndjson': {
      schema: {
        type: 'object',
        description: 'one line of the stream',
        properties: { type: { type: 'string', enum: ['ADDED', 'MODIFIED', 'DELETED'] }, object: item ?? {} },
        required: ['type', 'object'],
      },
    },
  };
}

function addRefusals(operation: Operation, path: string, isWrite: boolean): void {
  const named = path.includes('{name}') || isWrite ? { 404: 'There is no such thing' } : {};
  const all = { ...refusals, ...named, ...(isWrite && refusedWrites) };
  const content = { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } };
  for (const [status, description] of Object.entries(all)) operation.responses[status] ??= { description, content };
}
