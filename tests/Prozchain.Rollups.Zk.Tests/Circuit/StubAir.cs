using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>A table that says on a bus what it is filled with: for tables that are not built, or not at hand. Columns: how often, the message.</summary>
internal readonly struct StubAir(Bus bus, BusDirection direction) : IAir
{
    private readonly Bus _bus = bus;
    private readonly BusDirection _direction = direction;

    public AirShape Shape => new() { Name = $"stub of {_bus.Name}, {_direction}", Width = 1 + _bus.Length };

    private bool IsBounded => _direction == BusDirection.Send || _bus.Kind == BusKind.Permutation;

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        var message = new TValue[_bus.Length];
        for (int i = 0; i < message.Length; i++) message[i] = b.Local(1 + i);
        if (IsBounded) b.AssertBoolean(b.Local(0), "once");
        b.Interact(_bus, _direction, b.Local(0), message, IsBounded ? 1u : 0);
    }

    /// <summary>A table for each bus and side of the messages.</summary>
    public static IEnumerable<(IAir Air, Trace<F> Trace, F[] Public)> All(IEnumerable<OutsideMessage> messages, int leastLogRows)
    {
        foreach (var group in messages.GroupBy(item => (item.Bus, item.Direction)))
        {
            StubAir stub = new(group.Key.Bus, group.Key.Direction);
            yield return (stub, stub.Generate(group, leastLogRows), []);
        }
    }

    /// <summary>The trace; a bounded message that is said more than once takes as many rows.</summary>
    public Trace<F> Generate(IEnumerable<OutsideMessage> messages, int leastLogRows)
    {
        bool isBounded = IsBounded;
        OutsideMessage[] rows = [.. messages.SelectMany(item => isBounded ? Enumerable.Repeat(item with { Count = 1 }, (int)item.Count) : [item])];
        var trace = new Trace<F>(1 + _bus.Length, Math.Max(1 << leastLogRows, (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)rows.Length)));
        for (int row = 0; row < rows.Length; row++)
        {
            trace[0, row] = F.FromUInt32(rows[row].Count);
            for (int i = 0; i < _bus.Length; i++) trace[1 + i, row] = rows[row].Message[i];
        }
        return trace;
    }
}

/// <summary>What a table that is not at hand says.</summary>
internal sealed record OutsideMessage(Bus Bus, BusDirection Direction, uint Count, F[] Message);
