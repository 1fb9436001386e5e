namespace Prozchain.AI.Receipts;

/// <summary>The two sides of a dispute over one receipt.</summary>
/// <param name="Signer">Who signed the receipt and answers for it.</param>
/// <param name="Challenger">Who says that the output is another one.</param>
public sealed record TraceDispute(ITraceProver Signer, ITraceProver Challenger);
