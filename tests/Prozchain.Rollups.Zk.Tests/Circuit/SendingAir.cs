using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Rollups.Zk.Tests.Circuit;

/// <summary>Stands for a table that sends: a message a row, once, or nothing.</summary>
internal readonly struct SendingAir(Bus bus) : IAir
{
    public AirShape Shape => new() { Name = "sending", Width = bus.Length + 1 };

    public static Trace<F> Generate(F[][] messages, int height)
    {
        int length = messages[0].Length;
        var trace = new Trace<F>(length + 1, height);
        for (int row = 0; row < messages.Length; row++)
        {
            for (int i = 0; i < length; i++) trace[i, row] = messages[row][i];
            trace[length, row] = F.One;
        }
        return trace;
    }

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue[] message = new TValue[bus.Length];
        for (int i = 0; i < message.Length; i++) message[i] = b.Local(i);
        b.AssertBoolean(b.Local(bus.Length), "sent");
        b.Send(bus, b.Local(bus.Length), message);
    }
}
