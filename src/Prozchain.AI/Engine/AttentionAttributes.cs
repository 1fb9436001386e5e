namespace Prozchain.AI.Engine;

/// <summary>
/// Attributes of an attention: whether token t sees only keys up to its own position, whether keys and values are those of
/// the request's KV cache, the multiplier and shift of the scores, what probability one is (Q), and the rescaling of the
/// weighted sum.
/// </summary>
internal readonly record struct AttentionAttributes(bool Causal, bool Cached, ScoreScale Scores, Rescale Output)
{
    public const int Length = 5 + Rescale.Length;
    public const int CachedAt = 1;

    public static AttentionAttributes Read(ReadOnlySpan<long> a) =>
        new(a[0] == 1, a[CachedAt] == 1, new ScoreScale((int)a[2], (int)a[3], (int)a[4]), Rescale.Read(a[5..]));
}
