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

    /// <summary>How the state keeps accounts.</summary>
    public AccountLayout Layout { get; init; }

    /// <summary>
    /// Of rows (docs/adr/0043-profile-proof.md): the smallest power of ten of an amount's short form, 0 to 24; 12 suits a
    /// token of 18 decimals that people show to 6.
    /// </summary>
    public byte AmountExponent { get; init; } = 12;

    /// <summary>What the dearest payment of a numbered rollup uses: a transfer. With room for it none crosses its cap, so that a circuit need not count.</summary>
    internal static ResourceUse Dearest => Intrinsic + PaymentWork.CostOf(PaymentKind.Transfer, 0);

    /// <summary>What any payment uses: the signatures, the sender's record and the fee.</summary>
    public static ResourceUse Intrinsic { get; } = new(
        Costs.Transaction + 2 * Costs.Signature + 4 * Costs.Read + 3 * Costs.Write,
        2 * Costs.ProvingSignature + 4 * Costs.ProvingRead + 3 * Costs.ProvingWrite);
}
