import { randomUUID } from 'node:crypto';
import type { CallLog } from '../calls/call-log.js';
import type { CallRecord } from '../calls/call-log.js';
import { planFaults } from '../faults/fault-plan.js';
import type { FaultPlan, Interruption } from '../faults/fault-plan.js';
import type { Faults } from '../faults/faults.js';
import type { Authenticated, Authenticator } from '../identity/authenticator.js';
import { AwsError } from '../protocol/aws-error.js';
import { RequestFailure } from '../protocol/request-failure.js';
import type { SimulatorState } from '../state/simulator-state.js';
import { apiFamilyOf } from '../throttle/api-family.js';
import type { Throttles } from '../throttle/throttles.js';
import { knownInput } from '../validation/known-input.js';
import { ShapeValidator } from '../validation/shape-validator.js';
import type { AwsService } from './aws-service.js';
import { serviceOf } from './dispatch.js';
import type { ServiceName } from './dispatch.js';
import { headerOf } from './http-message.js';
import type { HttpAnswer, HttpRequest } from './http-message.js';
import { waitForAbort, waitMs } from './wait.js';

/** What the pipeline works with. */
export interface PipelineParts {
  readonly state: SimulatorState;
  readonly services: Readonly<Record<ServiceName, AwsService>>;
  readonly authenticator: Authenticator;
  readonly throttles: Throttles;
  readonly faults: Faults;
  readonly calls: CallLog;
  /** The time that signatures are compared with, in milliseconds since the epoch. */
  readonly serverMs: () => number;
}

/** What is known of a call so far; it fills as the call goes through the gates. */
interface Progress {
  operation: string;
  account: string;
  region: string;
  callerArn: string;
  resource: string;
  errorCode: string;
}

interface Known {
  readonly service: AwsService;
  readonly operation: string;
  readonly who: Authenticated | undefined;
  readonly region: string;
}

/** The region of a call without a signature. */
const unsignedRegion = 'us-east-1';

/**
 * Takes a request through every gate in AWS's order: operation, signature, faults, throttle, parsing, validation, permission, and then the
 * operation itself. Whatever happens is one entry in the log.
 */
export class RequestPipeline {
  readonly #validators: Readonly<Record<ServiceName, ShapeValidator>>;

  constructor(private readonly parts: PipelineParts) {
    const { services } = parts;
    this.#validators = {
      'vpc-lattice': new ShapeValidator(services['vpc-lattice'].model),
      sts: new ShapeValidator(services.sts.model),
      tagging: new ShapeValidator(services.tagging.model),
    };
  }

  /** Answers a request. `isTooLarge` says that its body was too long and is not there. */
  async answer(request: HttpRequest, isTooLarge: boolean): Promise<HttpAnswer> {
    const startMs = performance.now();
    const requestId = randomUUID();
    const name = serviceOf(request);
    const progress: Progress = { operation: '', account: '', region: '', callerArn: '', resource: '', errorCode: '' };
    const answer = await this.#settle(request, name, requestId, progress, isTooLarge);
    this.parts.calls.record(this.#record(request, name, requestId, progress, answer, performance.now() - startMs));
    return answer;
  }

  async #settle(request: HttpRequest, name: ServiceName, requestId: string, progress: Progress, isTooLarge: boolean): Promise<HttpAnswer> {
    const { protocol } = this.parts.services[name];
    try {
      if (isTooLarge) throw new RequestFailure('tooLarge', 'The request body is too large');
      return await this.#serve(request, name, requestId, progress);
    } catch (error) {
      const awsError = this.#asAwsError(error, name);
      progress.errorCode = awsError.code;
      return protocol.writeError(awsError, requestId, request);
    }
  }

  async #serve(request: HttpRequest, name: ServiceName, requestId: string, progress: Progress): Promise<HttpAnswer> {
    const known = this.#recognise(request, name, progress);
    const parsed = parse(request, known);
    progress.resource = 'input' in parsed ? known.service.resourceOf(known.operation, parsed.input) : '';
    const plan = this.#faultPlan(request, known, progress);
    await waitMs(this.parts.state.settings.latencyMs + plan.latencyMs, request.signal);
    if (plan.before) return await interrupt(plan.before, request, progress);
    this.#throttle(known);
    const output = this.#execute(name, known, parsed, plan);
    if (plan.after) return await interrupt(plan.after, request, progress);
    return known.service.protocol.writeResult(known.operation, output, requestId, request);
  }

  /** Which operation, and who calls it. */
  #recognise(request: HttpRequest, name: ServiceName, progress: Progress): Known {
    const service = this.parts.services[name];
    const operation = service.protocol.resolve(request);
    progress.operation = operation;
    const isUnsigned = service.model.operations[operation]?.unsigned === true;
    const who = isUnsigned ? undefined : this.#authenticate(request, service);
    const region = who?.region ?? unsignedRegion;
    Object.assign(progress, { account: who?.caller.account ?? '', region, callerArn: who?.caller.arn ?? '' });
    return { service, operation, who, region };
  }

  #authenticate(request: HttpRequest, service: AwsService): Authenticated {
    const { authenticator, state, serverMs } = this.parts;
    const { regions, signatureSkewMs } = state.settings;
    const rules = { signingName: service.model.signingName, regions, serverMs: serverMs(), skewMs: signatureSkewMs };
    return authenticator.authenticate(request, rules, state.clock.nowMs());
  }

  #faultPlan(request: HttpRequest, known: Known, progress: Progress): FaultPlan {
    const { operation, account, region, callerArn, resource } = progress;
    const userAgent = headerOf(request, 'user-agent') ?? '';
    const met = this.parts.faults.meet({ operation, account, region, callerArn, userAgent, resource });
    return planFaults(met, { arn: callerArn, action: `${known.service.model.signingName}:${operation}` });
  }

  #throttle(known: Known): void {
    const { throttles, state } = this.parts;
    const family = apiFamilyOf(known.service.model.signingName, known.operation);
    const key = { account: known.who?.caller.account ?? '', region: known.region, family };
    const retryAfterSeconds = throttles.take(key, state.clock.nowMs());
    if (retryAfterSeconds !== undefined) throw new RequestFailure('throttled', 'Rate exceeded', retryAfterSeconds);
  }

  #execute(name: ServiceName, known: Known, parsed: Parsed, plan: FaultPlan): object {
    const { service, operation, who, region } = known;
    if ('error' in parsed) throw parsed.error;
    const { input } = parsed;
    const shape = service.model.operations[operation]?.input;
    const violations = shape === undefined ? [] : this.#validators[name].validate(shape, input);
    if (violations.length > 0) throw service.protocol.invalid(violations);
    const given = shape === undefined ? {} : knownInput(service.model, shape, input);
    if (who) {
      const place = { account: who.caller.account, region };
      for (const permission of service.permissions(operation, given, place)) this.parts.state.authorizer.check(who.caller, permission);
    }
    return service.execute(operation, given, {
      caller: who?.caller,
      region,
      nowMs: this.parts.state.clock.nowMs(),
      faults: plan.operation,
    });
  }

  #asAwsError(error: unknown, name: ServiceName): AwsError {
    const { protocol } = this.parts.services[name];
    if (error instanceof AwsError) return error;
    if (error instanceof RequestFailure) return protocol.failure(error.kind, error.message, error.retryAfterSeconds);
    const message = error instanceof Error ? error.message : String(error);
    return new AwsError('SimulatorDefect', 500, `The simulator has a defect: ${message}`);
  }

  #record(
    request: HttpRequest,
    name: ServiceName,
    requestId: string,
    progress: Progress,
    answer: HttpAnswer,
    durationMs: number,
  ): CallRecord {
    const isLost = answer.kind === 'reset' || request.signal.aborted;
    const attempt = /attempt=(\d+)/.exec(headerOf(request, 'amz-sdk-request') ?? '')?.[1];
    return {
      timeMs: this.parts.state.clock.nowMs(),
      service: name,
      ...progress,
      resource: shortened(progress.resource),
      errorCode: isLost && progress.errorCode === '' ? 'ConnectionLost' : progress.errorCode,
      userAgent: headerOf(request, 'user-agent') ?? '',
      status: answer.kind === 'reset' || request.signal.aborted ? 0 : answer.status,
      attempt: attempt === undefined ? 1 : Number(attempt),
      invocationId: headerOf(request, 'amz-sdk-invocation-id') ?? '',
      requestId,
      durationMs,
    };
  }
}

/** An input, or why it can't be read: that is told only after faults and throttles, which come first at AWS. */
type Parsed = { readonly input: Readonly<Record<string, unknown>> } | { readonly error: RequestFailure };

function parse(request: HttpRequest, known: Known): Parsed {
  try {
    return { input: known.service.protocol.parse(known.operation, request) };
  } catch (error) {
    if (error instanceof RequestFailure) return { error };
    throw error;
  }
}

async function interrupt(interruption: Interruption, request: HttpRequest, progress: Progress): Promise<HttpAnswer> {
  if (interruption.kind === 'fail') throw interruption.error;
  progress.errorCode = interruption.kind === 'hang' ? 'Hung' : 'ConnectionReset';
  if (interruption.kind === 'hang') await waitForAbort([interruption.removed, request.signal]);
  return { kind: 'reset' };
}

/** The longest ARN; the log keeps no more of what a request names, which may be the whole of a body of ten megabytes. */
const resourceLength = 2_048;

/** A slice would keep all of the text in memory: this is a copy. */
function shortened(text: string): string {
  return text.length <= resourceLength ? text : Buffer.from(text.slice(0, resourceLength)).toString();
}
