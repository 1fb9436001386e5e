using Prozchain.Shared;

namespace Prozchain.DataAvailability.Coding;

/// <summary>How wanted shards of the dense code follow from known ones: the inverse that a decoder applies, prepared for the kernels.</summary>
internal sealed class RestoreMatrix
{
    private readonly ShardSet _known, _wanted;
    private readonly byte[] _factors;

    public RestoreMatrix(in ShardSet known, in ShardSet wanted)
    {
        (_known, _wanted) = (known, wanted);
        (Known, Wanted) = (known.ToArray(), wanted.ToArray());
        var matrix = new byte[Known.Length * Wanted.Length];
        LagrangeWeights.Fill(Known, Wanted, .., matrix);
        _factors = new byte[matrix.Length * Gf256Product.Best.FactorSize];
        Gf256Product.Best.Prepare(matrix, Wanted.Length, Known.Length, _factors);
    }

    /// <summary>The known shards, ascending: the columns.</summary>
    public byte[] Known { get; }

    /// <summary>The wanted shards, ascending: the rows.</summary>
    public byte[] Wanted { get; }

    public bool Is(in ShardSet known, in ShardSet wanted) => _known.Equals(known) && _wanted.Equals(wanted);

    /// <summary>Computes the wanted shards.</summary>
    /// <param name="inputs">The starts of the known shards.</param>
    /// <param name="outputs">The starts of the wanted ones.</param>
    public unsafe void Apply(byte** inputs, byte** outputs, int length) =>
        Gf256Product.Best.Multiply(_factors, Wanted.Length, Known.Length, inputs, outputs, length);

    /// <summary>Adds the part of one known shard, a column, to the wanted ones.</summary>
    /// <inheritdoc cref="Apply"/>
    public unsafe void Add(int column, byte* input, byte** outputs, int length) =>
        Gf256Product.Best.AddColumn(_factors, Wanted.Length, Known.Length, column, input, outputs, length);
}
