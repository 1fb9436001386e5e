using System.Runtime.CompilerServices;
using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Circuit;

/// <summary>
/// The table of depths of the state's tree, preprocessed: what a bit adds to the limbs of a place and how much room is left behind it
/// (<see cref="TriePlace"/>). 128 rows of 3 columns and 11 preprocessed ones, 3 interactions.
/// </summary>
/// <remarks>
/// It ends where keys end: no row answers for a place of depth 128, so that children of depth 127 are opened by nobody. Columns: how often a row is
/// asked for <see cref="RollupBuses.TrieStep"/>, <see cref="RollupBuses.TrieRoom"/>, <see cref="RollupBuses.AccountRoom"/>.
/// </remarks>
internal readonly struct TriePlacesAir : IAir
{
    private const int Depth = 0, Weights = 1, Rooms = Weights + TriePlace.Limbs, FixedWidth = Rooms + TriePlace.Limbs, Width = 3;

    /// <inheritdoc/>
    public AirShape Shape => new() { Name = "trie places", Width = Width, PreprocessedWidth = FixedWidth, Height = TriePlace.Depths };

    /// <inheritdoc/>
    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        InlineArray6<TValue> step = default, room = default;
        step[0] = room[0] = b.Preprocessed(Depth);
        for (int i = 0; i < TriePlace.Limbs; i++) (step[1 + i], room[1 + i]) = (b.Preprocessed(Weights + i), b.Preprocessed(Rooms + i));
        b.Receive(RollupBuses.TrieStep, b.Local(0), step);
        b.Receive(RollupBuses.TrieRoom, b.Local(1), room);
        b.Receive(RollupBuses.AccountRoom, b.Local(2), [b.Preprocessed(Depth), b.Preprocessed(Rooms + 1)]);
    }

    /// <inheritdoc/>
    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, Prozchain.Zk.Fields.IField<TField>
    {
        for (int depth = 0; depth < TriePlace.Depths; depth++)
        {
            columns[Depth, depth] = TField.FromUInt64((ulong)depth);
            for (int i = 0; i < TriePlace.Limbs; i++)
            {
                columns[Weights + i, depth] = TField.FromUInt64(TriePlace.Weight(i, depth));
                columns[Rooms + i, depth] = TField.FromUInt64(TriePlace.Room(i, depth));
            }
        }
    }

    /// <summary>The trace, once all who ask are written.</summary>
    public static Trace<F> Generate(TrieAsks asks)
    {
        var trace = new Trace<F>(Width, TriePlace.Depths);
        for (int depth = 0; depth < TriePlace.Depths; depth++)
        {
            trace[0, depth] = F.FromUInt32(asks.Steps[depth]);
            trace[1, depth] = F.FromUInt32(asks.Rooms[depth]);
            trace[2, depth] = F.FromUInt32(asks.AccountRooms[depth]);
        }
        return trace;
    }
}
