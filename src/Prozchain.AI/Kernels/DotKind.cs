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
}
