using Prozchain.Rollups.Transition;

namespace Prozchain.Rollups.Payments;

/// <summary>What everybody agrees on about a payments rollup.</summary>
/// <param name="ChainId">The rollup's number; signatures are bound to it.</param>
/// <param name="FeeRecipient">The account that fees go to.</param>
public sealed record PaymentRules(ulong ChainId, AccountAddress FeeRecipient)
{
    /// <summary>A payload is at most this many bytes long.</summary>
    public const int MaxPayload = 1 << 10;

    /// <summary>Caps on both meters. That of one transaction is at least <see cref="Intrinsic"/>.</summary>
    public BatchCaps Caps { get; init; } = BatchCaps.None;

    /// <summary>
    /// False in a mode that posts no signatures, where what stands for them, such as a validity proof, has shown that
    /// the keys are the accounts' present ones.
    /// </summary>
    public bool KeysAreShown { get; init; } = true;

    /// <summary>What any payment uses: the signatures, the sender's record and the fee.</summary>
    public static ResourceUse Intrinsic { get; } = new(
        Costs.Transaction + 2 * Costs.Signature + 4 * Costs.Read + 3 * Costs.Write,
        2 * Costs.ProvingSignature + 4 * Costs.ProvingRead + 3 * Costs.ProvingWrite);
}
