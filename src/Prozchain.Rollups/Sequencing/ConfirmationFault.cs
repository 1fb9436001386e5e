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
}
