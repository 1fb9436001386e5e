using Prozchain.Rollups.Derivation;
using Prozchain.Rollups.Ports;

namespace Prozchain.Rollups.Sequencing;

/// <summary>What a claim that a sequencer broke its word came to.</summary>
public enum ConfirmationVerdict
{
    /// <summary>It did: its bond may be slashed.</summary>
    Guilty,

    /// <summary>It did not sign one of the confirmations.</summary>
    NotSigned,

    /// <summary>Of another rollup or batch, or of two places: nothing can be said.</summary>
    Unrelated,

    /// <summary>All that is shown fits together.</summary>
    Consistent,
}

/// <summary>Judges soft confirmations. The same answer for everybody, from the evidence alone.</summary>
/// <param name="chainId">The rollup's number.</param>
/// <param name="publicKey">The sequencer's key, scheme byte first.</param>
/// <param name="verifier">Checks its signatures.</param>
public sealed class ConfirmationFault(ulong chainId, ReadOnlyMemory<byte> publicKey, ISignatureVerifier verifier)
{
    /// <summary>Two words about one place.</summary>
    public ConfirmationVerdict Judge(in SoftConfirmation one, in SoftConfirmation other)
    {
        if (one.ChainId != chainId || other.ChainId != chainId || one.Batch != other.Batch || one.Position != other.Position) return ConfirmationVerdict.Unrelated;
        if (!one.IsSigned(publicKey.Span, verifier) || !other.IsSigned(publicKey.Span, verifier)) return ConfirmationVerdict.NotSigned;
        return one.Transaction == other.Transaction && one.Running == other.Running ? ConfirmationVerdict.Consistent : ConfirmationVerdict.Guilty;
    }

    /// <summary>A word, and the batch that the settlement layer has; to be asked when the batch's block is final.</summary>
    /// <param name="confirmation">The word.</param>
    /// <param name="batch">The batch, derived with a way to hash transactions.</param>
    public ConfirmationVerdict Judge(in SoftConfirmation confirmation, ExecutedBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (confirmation.ChainId != chainId || confirmation.Batch != batch.Posting.Number) return ConfirmationVerdict.Unrelated;
        if (!confirmation.IsSigned(publicKey.Span, verifier)) return ConfirmationVerdict.NotSigned;
        ReadOnlySpan<Digest32> hashes = batch.TransactionHashes.Span;
        if (confirmation.Position >= (uint)hashes.Length || hashes[(int)confirmation.Position] != confirmation.Transaction) return ConfirmationVerdict.Guilty;
        Digest32 running = SoftConfirmation.Start(chainId, confirmation.Batch);
        foreach (ref readonly Digest32 hash in hashes[..((int)confirmation.Position + 1)]) running = SoftConfirmation.Next(running, hash);
        return running == confirmation.Running ? ConfirmationVerdict.Consistent : ConfirmationVerdict.Guilty;
    }

    /// <summary>Two words on the order of one round.</summary>
    public ConfirmationVerdict Judge(in OrderWord one, in OrderWord other)
    {
        if (one.ChainId != chainId || other.ChainId != chainId || one.Round != other.Round) return ConfirmationVerdict.Unrelated;
        if (!one.IsSigned(publicKey.Span, verifier) || !other.IsSigned(publicKey.Span, verifier)) return ConfirmationVerdict.NotSigned;
        return one with { Signature = default } == other with { Signature = default } ? ConfirmationVerdict.Consistent : ConfirmationVerdict.Guilty;
    }

    /// <summary>Two places in orders, and the batches that the settlement layer has; to be asked when their blocks are final.</summary>
    /// <param name="earlier">The place that comes first.</param>
    /// <param name="later">The other one.</param>
    /// <param name="batches">Batches derived with a way to hash transactions, in order: those that hold what is at the two places.</param>
    public ConfirmationVerdict Judge(in OrderPlace earlier, in OrderPlace later, IEnumerable<ExecutedBatch> batches)
    {
        ArgumentNullException.ThrowIfNull(batches);
        bool isInOrder = (earlier.Word.Round, earlier.Index).CompareTo((later.Word.Round, later.Index)) < 0;
        if (earlier.Word.ChainId != chainId || later.Word.ChainId != chainId || !isInOrder || !earlier.IsShown() || !later.IsShown()) return ConfirmationVerdict.Unrelated;
        if (!earlier.Word.IsSigned(publicKey.Span, verifier) || !later.Word.IsSigned(publicKey.Span, verifier)) return ConfirmationVerdict.NotSigned;
        bool wasLater = false;
        foreach (ExecutedBatch batch in batches)
        {
            if (batch.Posting.Number > Math.Min(earlier.Word.Until, later.Word.Until)) break;
            foreach (ref readonly Digest32 hash in batch.TransactionHashes.Span)
            {
                if (hash == earlier.Transaction || hash == earlier.Forfeit) return wasLater ? ConfirmationVerdict.Guilty : ConfirmationVerdict.Consistent;
                wasLater |= hash == later.Transaction || hash == later.Forfeit;
            }
        }
        return ConfirmationVerdict.Consistent;
    }
}
