using Prozchain.Zk.Air;
using Prozchain.Zk.Airs;

namespace Prozchain.Zk.Tests.Stark;

/// <summary>Orders that the verifier hands in, from accounts that it vouches for, and takes out again by number: three buses whose other side is public messages alone.</summary>
internal readonly struct OrderAir : IAir
{
    public const int Index = 0, Account = 1, Amount = 2, Real = 3, Width = 4;

    public static readonly Bus Forced = new("forced", 2, BusKind.Permutation), Known = new("known", 1, BusKind.Lookup), Exit = new("exit", 3, BusKind.Permutation);

    public AirShape Shape => new() { Name = "orders", Width = Width };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        TValue index = b.Local(Index), account = b.Local(Account), amount = b.Local(Amount), real = b.Local(Real);
        b.AssertBoolean(real, "real");
        b.AssertZero(Rows.Transition, b.Next(Real) * (b.Constant(1) - real), "real first");
        b.AssertZero(Rows.First, index, "first");
        b.AssertEqual(Rows.Transition, b.Next(Index), index + b.Constant(1), "counted");
        b.Receive(Forced, real, [account, amount], 1);
        b.Send(Known, real, [account]);
        b.Send(Exit, real, [index, account, amount]);
        b.Send(Buses.ByteRange, real, [amount]);
    }
}
