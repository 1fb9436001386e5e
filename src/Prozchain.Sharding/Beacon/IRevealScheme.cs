namespace Prozchain.Sharding.Beacon;

/// <summary>
/// What a validator reveals to the epoch's randomness, and how it is checked. Two dialects: <see cref="VrfReveals"/>, the
/// default of a network of strangers, and <see cref="CommitReveal"/>.
/// </summary>
/// <remarks>
/// An implementer owes: for each key and message at most one output, fixed before the epoch began, so that a revealer's
/// only choice is to reveal or to be punished; any bytes are answered, never with an exception.
/// </remarks>
public interface IRevealScheme
{
    /// <summary>True if the reveal is the key's; then its output and the key for the next reveal are given.</summary>
    /// <param name="key">What the validator's next reveal is checked against.</param>
    /// <param name="message">Digest of chain, epoch and slot (<see cref="RevealRules.Message"/>).</param>
    /// <param name="reveal">Untrusted bytes.</param>
    /// <param name="output">The 32 bytes that enter the fold.</param>
    /// <param name="nextKey">What the reveal after this one is checked against.</param>
    bool TryOpen(ReadOnlyMemory<byte> key, in Digest message, ReadOnlySpan<byte> reveal, out Digest output, out ReadOnlyMemory<byte> nextKey);

    /// <summary>True if a joining validator showed that it can reveal under the key.</summary>
    /// <param name="key">The key it wants to join with.</param>
    /// <param name="message">Digest of chain, validator and key (<see cref="Deposit.RandomnessMessage"/>).</param>
    /// <param name="proof">Untrusted bytes.</param>
    bool IsPossessed(ReadOnlySpan<byte> key, in Digest message, ReadOnlySpan<byte> proof);
}
