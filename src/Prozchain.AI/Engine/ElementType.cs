namespace Prozchain.AI.Engine;

/// <summary>What an element of a value is: an integer in two's complement, little-endian in memory and on the wire.</summary>
public enum ElementType
{
    /// <summary>8 bits.</summary>
    I8 = 0,

    /// <summary>16 bits.</summary>
    I16 = 1,

    /// <summary>32 bits.</summary>
    I32 = 2,
}
