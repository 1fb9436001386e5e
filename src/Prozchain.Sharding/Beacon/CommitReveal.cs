using Prozchain.Sharding.Hashing;

namespace Prozchain.Sharding.Beacon;

/// <summary>
/// RANDAO over a chain of hashes: the key is the hash of the next secret, which is itself the hash of the one after it.
/// Each reveal opens one layer and commits to the next. A chain has an end: a validator joins with one that is long
/// enough for its stay, and at its end it can only leave.
/// </summary>
public sealed class CommitReveal : IRevealScheme
{
    /// <inheritdoc/>
    public bool TryOpen(ReadOnlyMemory<byte> key, in Digest message, ReadOnlySpan<byte> reveal, out Digest output, out ReadOnlyMemory<byte> nextKey)
    {
        output = default;
        nextKey = key;
        if (reveal.Length != Digest.Size || !Commit(reveal).Span.SequenceEqual(key.Span)) return false;
        output = new Digest(Domains.RevealOutput.Hash(reveal));
        nextKey = reveal.ToArray();
        return true;
    }

    /// <inheritdoc/>
    /// <remarks>A commitment shows nothing; a copied one gives its thief no output that the owner has not shown.</remarks>
    public bool IsPossessed(ReadOnlySpan<byte> key, in Digest message, ReadOnlySpan<byte> proof) => key.Length == Digest.Size && proof.IsEmpty;

    /// <summary>The commitment to a secret.</summary>
    /// <param name="secret">32 bytes, or the commitment below it.</param>
    public static Digest Commit(ReadOnlySpan<byte> secret) => new(Domains.Commitment.Hash(secret));

    /// <summary>All layers over a secret, the commitment to join with last.</summary>
    /// <param name="secret">32 random bytes.</param>
    /// <param name="reveals">How many reveals the chain is good for.</param>
    public static Digest[] Chain(ReadOnlySpan<byte> secret, int reveals)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(reveals, 1);
        var layers = new Digest[reveals + 1];
        layers[0] = new Digest(secret);
        for (int i = 1; i < layers.Length; i++) layers[i] = Commit(layers[i - 1].Span);
        return layers;
    }
}
