using Prozchain.Rollups.Transition;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>A forced item that may do something, as a verifier knows it without a state (<see cref="ForcedReader{TPermutation}"/>): form and signatures hold. It is a transaction of the circuit; other items are none.</summary>
internal readonly record struct ForcedTransaction
{
    /// <summary>The payment without what it skips; of a deposit a transfer of <see cref="CellName.SupplyOwner"/>, to an account that never is where nobody can be credited.</summary>
    public PostedPayment Payment { get; init; }

    /// <summary>What the sender's signature shows; null for a deposit.</summary>
    public ForcedSignature? Sender { get; init; }

    /// <summary>What the sponsor's signature shows, if there is one.</summary>
    public ForcedSignature? Sponsor { get; init; }

    /// <summary>A deposit as it was queued: what leaves if <see cref="RollupBuses.Exit"/> has it with kind <see cref="TransactionAir.Deposit"/>.</summary>
    public InboundMessage Deposit { get; init; }

    public bool IsDeposit => Sender is null;

    /// <summary>What leaves, if anything does: whose it is (0 of a deposit), and where it goes.</summary>
    public (EffectKind Kind, uint Account, uint Token, UInt128 Amount, L1Address Recipient) Effect =>
        IsDeposit ? (EffectKind.Withdrawal, 0, Deposit.Token, Deposit.Amount, Deposit.Sender)
        : (Payment.Kind == 2 ? EffectKind.Message : EffectKind.Withdrawal, Payment.Sender, Payment.Token, Payment.Amount, Recipient);

    /// <summary>The settlement recipient of a withdrawal or message.</summary>
    public L1Address Recipient { get; init; }

    /// <summary>The payload of a message.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>The payment as it is posted with a claim.</summary>
    public PostedPayment With(in ForcedClaim claim) =>
        IsDeposit ? Payment : Payment with { Skip = claim.IsDone ? claim.Skip : TransactionAir.NoSkip, SponsorSkip = claim.IsDone ? claim.SponsorSkip : 0 };

    /// <summary>Adds what a verifier says and is told of the item: false, with nothing added, for a claim that cannot be.</summary>
    /// <param name="transaction">The transaction's number.</param>
    /// <param name="claim">Untrusted: what the prover says becomes of it.</param>
    /// <param name="exit">Untrusted: the place of what leaves among all effects; null if nothing does.</param>
    /// <param name="messages">Takes the messages.</param>
    public bool TryTell(uint transaction, in ForcedClaim claim, uint? exit, ICollection<PublicMessage<F>> messages)
    {
        if (!IsPossible(claim)) return false;
        F number = F.FromUInt32(transaction);
        F[] payment = With(claim).Message(number, IsDeposit);
        messages.Add(new(RollupBuses.Payment, BusDirection.Send, payment));
        // The kind, sender, token, amount and tail of the payment.
        if (exit is { } place) messages.Add(new(RollupBuses.Exit, BusDirection.Receive, (F[])[F.FromUInt32(place), number, payment[1], payment[3], payment[8], .. payment[10..18], .. payment[26..]]));
        if (claim.IsJudged)
        {
            F[] record = [.. new[] { claim.Nonce % Limbs.NonceRadix, claim.Nonce / Limbs.NonceRadix, claim.Next }.Select(F.FromUInt64)];
            messages.Add(new(RollupBuses.Judged, BusDirection.Receive, (F[])[number, claim.OfSponsor ? F.One : F.Zero, .. claim.Key.ToArray(), .. record]));
        }
        if (!claim.IsDone) return true;
        if (Sender is { } sender) messages.Add(new(RollupBuses.Signed, BusDirection.Receive, sender.Message(number + number)));
        if (Sponsor is { } sponsor) messages.Add(new(RollupBuses.Signed, BusDirection.Receive, sponsor.Message(number + number + F.One)));
        // A message's hash is asked for by each signature.
        F[] hash = [number, .. Payment.Payload.First.ToArray(), .. Payment.Payload.Second.ToArray()[..3]];
        for (int asks = Payment.Kind != 2 ? 0 : Sponsor is null ? 1 : 2; asks > 0; asks--) messages.Add(new(RollupBuses.PayloadHash, BusDirection.Receive, hash));
        return true;
    }

    // A record that is told has to be a reason, and nobody is told to do what is not done.
    private bool IsPossible(in ForcedClaim claim)
    {
        if (IsDeposit) return !claim.IsDone && !claim.IsJudged;
        if (claim.IsDone) return !claim.IsJudged && claim.Skip < ForcedClaim.Skips && claim.SponsorSkip < ForcedClaim.Skips;
        ForcedSignature? signature = claim.OfSponsor ? Sponsor : Sender;
        return !claim.IsJudged || (claim.IsRecord && signature is { } shown && shown.IsRefuted(claim.Key, claim.Nonce, claim.Next, claim.OfSponsor));
    }
}
