using Prozchain.Zk.Air;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Tests.Air;

public sealed class TraceTests
{
    [Fact]
    public void Borrow_Columns_AreSeenInPlace()
    {
        F[] left = new F[4], right = new F[4];
        Trace<F> trace = Trace<F>.Borrow([left, right]);
        trace[1, 2] = F.One;
        Assert.Equal(F.One, right[2]);
        F[] row = new F[2];
        trace.CopyRow(2, row);
        Assert.Equal([F.Zero, F.One], row);
        Assert.Equal((2, 4, false), (trace.Width, trace.Height, trace.IsOwned));
        Assert.True(Trace<F>.TakeOwnership([left]).IsOwned);
        Assert.True(new Trace<F>(1, 1).IsOwned);
        Assert.Throws<ArgumentOutOfRangeException>(() => trace.CopyRow(0, new F[1]));
    }

    [Fact]
    public void Constructors_WrongShapes_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Trace<F>.Borrow([]));
        Assert.Throws<ArgumentException>(() => Trace<F>.Borrow([new F[3]]));
        Assert.Throws<ArgumentException>(() => Trace<F>.Borrow([new F[4], new F[8]]));
        Assert.Throws<ArgumentException>(() => new Trace<F>(1, 12));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trace<F>(0, 4));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Trace<F>(4, 0));
    }
}
