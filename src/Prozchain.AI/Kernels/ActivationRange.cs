namespace Prozchain.AI.Kernels;

/// <summary>Between what activations of bytes lie, the padding among them.</summary>
/// <param name="Low">The least, at least -128.</param>
/// <param name="High">The greatest, at most 127.</param>
internal readonly record struct ActivationRange(int Low, int High)
{
    /// <summary>Any byte with a sign.</summary>
    public static ActivationRange Any { get; } = new(sbyte.MinValue, sbyte.MaxValue);
}
