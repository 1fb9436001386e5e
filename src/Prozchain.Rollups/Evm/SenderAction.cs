namespace Prozchain.Rollups.Evm;

/// <summary>
/// What the machine asks for. With fees: sign the call under the nonce, write it down, then send it. Without: send the
/// transaction that is there.
/// </summary>
internal readonly record struct SenderAction(ulong Nonce, L1Call Call, L1Fees? Fees, SignedL1Transaction? Resend);
