using Prozchain.Zk.Air;
using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Stark;

/// <summary>
/// An AIR with a ring of random messages around it: a proof names each table's share of the lookup sum, which would tell of the
/// witness. In one row each table sends one random message and receives that of its neighbour, so that the shares are uniform but
/// for their sum. An ordinary permutation bus, so that soundness asks nothing of it.
/// </summary>
/// <param name="inner">The AIR.</param>
/// <param name="place">The table's number among those with lookups.</param>
/// <param name="tables">Tables with lookups, 2 or more.</param>
internal sealed class BlindedAir(IAir inner, int place, int tables) : IAir
{
    private const string BusName = "prozchain blinding ";

    // As many base elements as the largest extension has, so that a message's fingerprint is uniform in any of them.
    private const int Length = 8;

    private readonly int _first = inner.Shape.Width;
    private readonly Bus _sends = Link(place), _receives = Link((place + 1) % tables);

    /// <summary>Columns added: the flag of the row, the message sent, the one received.</summary>
    public const int ExtraColumns = 1 + 2 * Length;

    public IAir Inner => inner;

    public AirShape Shape { get; } = inner.Shape with { Width = inner.Shape.Width + ExtraColumns };

    public void Eval<TBuilder, TValue>(ref TBuilder builder)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        inner.Eval<TBuilder, TValue>(ref builder);
        TValue flag = builder.Local(_first);
        builder.AssertZero(Rows.All, flag * flag - flag, "blinding flag");
        Span<TValue> sent = new TValue[Length], received = new TValue[Length];
        for (int i = 0; i < Length; i++) (sent[i], received[i]) = (builder.Local(_first + 1 + i), builder.Local(_first + 1 + Length + i));
        builder.Interact(_sends, BusDirection.Send, flag, sent, 1);
        builder.Interact(_receives, BusDirection.Receive, flag, received, 1);
    }

    public void Preprocess<TField>(Trace<TField> columns) where TField : struct, IField<TField> => inner.Preprocess(columns);

    /// <summary>The messages of the ring: one for each table, to be shared by all of a proof.</summary>
    public static TField[][] DrawRing<TField, TSource>(int tables, ref TSource source)
        where TField : struct, IField<TField>
        where TSource : IUniformSource
    {
        var ring = new TField[tables][];
        for (int i = 0; i < tables; i++)
        {
            ring[i] = new TField[Length];
            foreach (ref TField element in ring[i].AsSpan()) element = TField.Sample(ref source);
        }
        return ring;
    }

    /// <summary>Values of the added columns in the first row; all others are zero.</summary>
    public TField[] FirstRow<TField>(TField[][] ring) where TField : struct, IField<TField> => [TField.One, .. ring[place], .. ring[(place + 1) % tables]];

    /// <summary>Refuses tables that use a bus of this name themselves: on it anyone can send.</summary>
    public static void RefuseItsBuses(ConstraintGraph[] graphs)
    {
        foreach (ConstraintGraph graph in graphs)
            foreach (GraphInteraction interaction in graph.Interactions)
                if (interaction.Bus.Name.StartsWith(BusName, StringComparison.Ordinal))
                    throw new ArgumentException($"Expected buses with other names than those that hide lookup sums, got {interaction.Bus.Name} in {graph.Shape.Name}.", nameof(graphs));
    }

    private static Bus Link(int number) => new($"{BusName}{number}", Length, BusKind.Permutation);
}
