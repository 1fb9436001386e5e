namespace Prozchain.AI.Kernels;

/// <summary>The ways to add up products; all give the same bits.</summary>
internal enum DotKind
{
    /// <summary><see cref="DotScalar"/>.</summary>
    Scalar,

    /// <summary><see cref="Dot256"/>.</summary>
    Avx2,

    /// <summary><see cref="Dot512"/>.</summary>
    Avx512,

    /// <summary><see cref="DotVnni"/>; products of bytes only.</summary>
    Vnni,

    /// <summary><see cref="DotArm"/>; products of bytes only.</summary>
    Arm,

    /// <summary><see cref="ByteLanes{TBase, TSign}"/> of AVX2 for activations without a sign.</summary>
    Bytes256,

    /// <summary>The same for activations with a sign.</summary>
    SignedBytes256,

    /// <summary><see cref="ByteLanes{TBase, TSign}"/> of AVX-512 for activations without a sign.</summary>
    Bytes512,

    /// <summary>The same for activations with a sign.</summary>
    SignedBytes512,
}
