using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Transcripts;

/// <summary>
/// What prover and verifier of a non-interactive protocol do alike: absorb the statement and draw challenges (the
/// Fiat-Shamir transform). Code written over it runs on both sides, so that the two cannot drift apart.
/// </summary>
/// <remarks>
/// Every operation takes a label of 1 to 255 bytes, the same on both sides, and enters the transcript with its kind, its
/// label and its length: a change of order, kind, label, length or content changes all later challenges. Everything that
/// a statement holds is absorbed before the first challenge: a value left out can be chosen by the prover afterwards.
/// Not thread-safe. Absorbing and drawing allocate nothing.
/// </remarks>
public interface ITranscript
{
    /// <summary>Absorbs bytes that both sides know.</summary>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    void Absorb(ReadOnlySpan<byte> label, ReadOnlySpan<byte> data);

    /// <summary>Absorbs field elements that both sides know, in their canonical encoding.</summary>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    void Absorb<TField>(ReadOnlySpan<byte> label, ReadOnlySpan<TField> elements) where TField : struct, IField<TField>;

    /// <summary>Draws uniform bytes.</summary>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    void Challenge(ReadOnlySpan<byte> label, Span<byte> challenge);

    /// <summary>
    /// Draws uniform field elements, by rejection: without bias. An element of a 31-bit field carries at most 31 bits of
    /// security; a protocol that needs more draws from an extension.
    /// </summary>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes.</exception>
    void Challenge<TField>(ReadOnlySpan<byte> label, Span<TField> challenges) where TField : struct, IField<TField>;

    /// <summary>Draws uniform indices below a bound, by rejection, with replacement: one may come twice.</summary>
    /// <param name="label">The label.</param>
    /// <param name="bound">1 or more; every index is below it.</param>
    /// <param name="indices">Filled with indices.</param>
    /// <exception cref="ArgumentException">The label is empty or longer than 255 bytes, or the bound is below 1.</exception>
    void ChallengeIndices(ReadOnlySpan<byte> label, int bound, Span<int> indices);
}
