namespace Prozchain.Sharding.Ports;

/// <summary>The cipher suites of RFC 9381 over edwards25519; the values are their suite strings.</summary>
public enum VrfSuite
{
    /// <summary>ECVRF-EDWARDS25519-SHA512-TAI: the time to hash the input to the curve depends on it.</summary>
    Edwards25519TryAndIncrement = 3,

    /// <summary>ECVRF-EDWARDS25519-SHA512-ELL2, the default here.</summary>
    Edwards25519Elligator2 = 4,
}
