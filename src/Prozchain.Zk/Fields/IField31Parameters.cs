namespace Prozchain.Zk.Fields;

/// <summary>
/// The constants that make <see cref="Field31{TParameters}"/> a field: a struct without fields whose members return
/// literals, which the JIT folds into the arithmetic. A new prime is a new set of constants and no arithmetic.
/// </summary>
/// <remarks>Owed: the modulus p is an odd prime, 2^30 &lt; p &lt; 2^31, and every other constant follows from it.</remarks>
public interface IField31Parameters
{
    /// <summary>The prime p.</summary>
    static abstract uint Modulus { get; }

    /// <summary>p^-1 mod 2^32.</summary>
    static abstract uint ModulusInverse { get; }

    /// <summary>2^32 mod p: one in Montgomery form.</summary>
    static abstract uint MontgomeryOne { get; }

    /// <summary>2^64 mod p: the factor that takes an integer into Montgomery form.</summary>
    static abstract uint MontgomerySquare { get; }

    /// <summary>A generator of the multiplicative group, as an integer.</summary>
    static abstract uint MultiplicativeGenerator { get; }

    /// <summary>The largest k such that 2^k divides p - 1.</summary>
    static abstract int TwoAdicity { get; }

    /// <summary>An element of order 2^<see cref="TwoAdicity"/>, as an integer.</summary>
    static abstract uint TwoAdicRoot { get; }
}
