namespace Prozchain.Shared;

/// <summary>The cipher suites of RFC 9381 over edwards25519; the values are their suite strings.</summary>
internal enum EcvrfSuite : byte
{
    /// <summary>ECVRF-EDWARDS25519-SHA512-TAI: hashes with a counter until a point comes out.</summary>
    TryAndIncrement = 3,

    /// <summary>ECVRF-EDWARDS25519-SHA512-ELL2: Elligator 2, in constant work.</summary>
    Elligator2 = 4,
}
