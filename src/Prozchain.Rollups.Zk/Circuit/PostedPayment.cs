using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;
using static Prozchain.Rollups.Zk.Circuit.TransactionColumns;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>A payment as <see cref="RollupBuses.Payment"/> says it, with what its signatures show.</summary>
internal readonly record struct PostedPayment
{
    /// <summary>0 transfer, 1 withdrawal, 2 message, 3 rotation.</summary>
    public uint Kind { get; init; }

    /// <summary>Whether a transfer is to the key in <see cref="Tail"/>.</summary>
    public bool ByKey { get; init; }

    public uint Sender { get; init; }

    /// <summary>The sponsor's number + 1, or 0.</summary>
    public uint Sponsor { get; init; }

    /// <summary>The recipient's number + 1, or 0.</summary>
    public uint To { get; init; }

    public uint Skip { get; init; }

    public uint SponsorSkip { get; init; }

    public uint Token { get; init; }

    public uint FeeToken { get; init; }

    public UInt128 Amount { get; init; }

    public UInt128 Fee { get; init; }

    /// <summary>A key, or the settlement recipient in words of 3 bytes, or 0.</summary>
    public Eight Tail { get; init; }

    /// <summary>A message's last two blocks: its payload's hash in words of 3 bytes, and zeros.</summary>
    public (Eight First, Eight Second) Payload { get; init; }

    /// <summary>The words r of the sender's signature, and of the sponsor's.</summary>
    public (SignatureRandomness Sender, SignatureRandomness Sponsor) Randomness { get; init; }

    /// <summary>Most rows that it takes in <see cref="TransactionAir"/>: as many as it does if it is valid.</summary>
    public int MostRows => Sponsor != 0 || (FeeToken != 0 && Fee != 0) ? 2 : 1;

    /// <summary>Most changes of the ledger that it makes.</summary>
    public int MostChanges => 1 + (Sponsor != 0 ? 1 : 0) + (Fee == 0 ? 0 : FeeToken != 0 ? 2 : 1) + (Amount == 0 ? 0 : 2);

    /// <summary>As on <see cref="RollupBuses.Payment"/>.</summary>
    public F[] Message(F transaction, bool isDeposit = false)
    {
        var message = new F[RollupBuses.Payment.Length];
        ReadOnlySpan<uint> head = [Kind + (isDeposit ? TransactionAir.Deposit : 0), ByKey ? 1u : 0, Sender, Sponsor, To, Skip, SponsorSkip, Token, FeeToken];
        message[0] = transaction;
        for (int i = 0; i < head.Length; i++) message[1 + i] = F.FromUInt32(head[i]);
        for (int i = 0; i < Limbs.Count; i++) (message[10 + i], message[18 + i], message[26 + i]) = (F.FromUInt32(Limbs.Of(Amount, i)), F.FromUInt32(Limbs.Of(Fee, i)), Tail[i]);
        return message;
    }

    /// <summary>Writes what all rows of the payment have into a row of <see cref="TransactionAir"/>, but for the nonce.</summary>
    public void Write(Trace<F> trace, int row)
    {
        trace[IsTransfer + (int)Kind, row] = F.One;
        ReadOnlySpan<uint> posted = [ByKey ? 1u : 0, Sender, Sponsor, To, Skip, SponsorSkip, Token, FeeToken];
        for (int i = 0; i < posted.Length; i++) trace[TransactionColumns.ByKey + i, row] = F.FromUInt32(posted[i]);
        trace.WriteLimbs(TransactionColumns.Amount, row, Amount);
        trace.WriteLimbs(TransactionColumns.Fee, row, Fee);
        trace.Write(TransactionColumns.Tail, row, Tail);
        (F amount, F fee) = (F.Zero, F.Zero);
        for (int i = 0; i < Limbs.Count; i++) (amount, fee) = (amount + trace[TransactionColumns.Amount + i, row], fee + trace[TransactionColumns.Fee + i, row]);
        ReadOnlySpan<F> tested = [F.FromUInt32(Sponsor), F.FromUInt32(Token), F.FromUInt32(FeeToken), amount, fee];
        for (int i = 0; i < tested.Length; i++)
        {
            if (tested[i] != F.Zero) (trace[Has + i, row], trace[Inverses + i, row]) = (F.One, tested[i].Inverse());
        }
        if (Sponsor == 0 && FeeToken != 0 && Fee != 0) trace[OwesOwnFee, row] = F.One;
    }
}

/// <summary>The 4 words r of a signature.</summary>
[InlineArray(4)]
internal struct SignatureRandomness
{
    private F _first;
}
