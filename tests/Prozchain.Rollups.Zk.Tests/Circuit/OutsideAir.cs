using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Stands in a proof for whoever else sends or receives on a bus: a message a row, as often as its first cell says, 0 or 1.</summary>
internal readonly struct OutsideAir(Bus bus, BusDirection direction) : IAir
{
    public AirShape Shape => new() { Name = $"outside {bus.Name}", Width = 1 + bus.Length };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        var message = new TValue[bus.Length];
        for (int i = 0; i < message.Length; i++) message[i] = b.Local(1 + i);
        b.AssertBoolean(b.Local(0), "bit");
        b.Interact(bus, direction, b.Local(0), message, bound: 1);
    }

    public static Trace<F> Generate(Bus bus, IReadOnlyList<F[]> messages)
    {
        int height = 32;
        while (height < messages.Count) height *= 2;
        Trace<F> trace = new(1 + bus.Length, height);
        for (int row = 0; row < messages.Count; row++)
        {
            trace[0, row] = F.One;
            for (int i = 0; i < bus.Length; i++) trace[1 + i, row] = messages[row][i];
        }
        return trace;
    }
}
