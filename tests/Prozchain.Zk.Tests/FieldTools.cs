using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests;

/// <summary>Uniform bytes from a seed.</summary>
internal readonly struct SeededSource(int seed) : IUniformSource
{
    private readonly Random _random = new(seed);

    public void Fill(scoped Span<byte> destination) => _random.NextBytes(destination);
}

/// <summary>Prepared bytes, to see what a field makes of each draw.</summary>
internal struct ListedSource(params uint[] words) : IUniformSource
{
    public int Taken { get; private set; }

    public void Fill(scoped Span<byte> destination)
    {
        Assert.Equal(4, destination.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination, words[Taken++]);
    }
}

internal static class FieldTools
{
    /// <summary>Elements for properties: the small and the extreme ones often, else uniform.</summary>
    public static Arbitrary<TField> Arbitrary<TField>() where TField : struct, IField<TField> =>
        ArbMap.Default.GeneratorFor<int>().Select(seed => (seed & 7) switch
        {
            0 => TField.Zero,
            1 => TField.One,
            2 => -TField.One,
            3 => TField.FromUInt64((uint)seed >> 3 & 15),
            _ => Element<TField>(seed),
        }).ToArbitrary();

    public static TField Element<TField>(int seed) where TField : struct, IField<TField>
    {
        var source = new SeededSource(seed);
        return TField.Sample(ref source);
    }

    public static TField[] Elements<TField>(int count, int seed) where TField : struct, IField<TField>
    {
        var source = new SeededSource(seed);
        var elements = new TField[count];
        for (int i = 0; i < count; i++) elements[i] = TField.Sample(ref source);
        return elements;
    }

    public static void Check(Property property, int count = 300) =>
        property.Check(Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(count));
}
