namespace Prozchain.AI.Kernels;

/// <summary>What makes the activations of <see cref="ByteLanes{TBase, TSign}"/> unsigned.</summary>
internal interface IByteSign
{
    /// <summary>Added to each: 0 where they have no sign, else 128.</summary>
    static abstract int Offset { get; }
}
