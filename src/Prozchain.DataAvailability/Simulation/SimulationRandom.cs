using System.Buffers.Binary;
using System.Security.Cryptography;
using Prozchain.DataAvailability.Sampling;

namespace Prozchain.DataAvailability.Simulation;

/// <summary>The draws of a simulation, each named by what it is for, so that one more of a kind changes none of another.</summary>
internal readonly struct SimulationRandom(ulong seed)
{
    /// <summary>Distinct numbers below a population.</summary>
    /// <param name="purpose">What they are for.</param>
    /// <param name="a">Which one, say the block.</param>
    /// <param name="b">Which one of those, say the client.</param>
    /// <param name="population">Numbers in all.</param>
    public DistinctDraw Distinct(byte purpose, int a, int b, int population) => new(Seed(purpose, a, b), population);

    /// <summary>A number from 0 up to 1.</summary>
    public double Fraction(byte purpose, int a, int b) => (BinaryPrimitives.ReadUInt64LittleEndian(Seed(purpose, a, b)) >> 11) * (1.0 / (1UL << 53));

    private byte[] Seed(byte purpose, int a, int b)
    {
        Span<byte> input = stackalloc byte[17];
        BinaryPrimitives.WriteUInt64LittleEndian(input, seed);
        input[8] = purpose;
        BinaryPrimitives.WriteInt32LittleEndian(input[9..], a);
        BinaryPrimitives.WriteInt32LittleEndian(input[13..], b);
        return SHA256.HashData(input);
    }
}
