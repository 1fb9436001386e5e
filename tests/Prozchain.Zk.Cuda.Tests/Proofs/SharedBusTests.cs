using Prozchain.Zk.Air;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>Proofs of a list are made on the processor: a device says so before it does anything.</summary>
[Collection(nameof(DeviceTests))]
public sealed class SharedBusTests
{
    private static readonly Bus s_bus = new("passed on", 1, BusKind.Permutation);

    [Fact]
    public void AKeyWithSharedBuses_IsRefused()
    {
        IAir[] airs = [new PassingAir()];
        SharedBuses shared = new([s_bus], 6);
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(StarkKey.ShapeOf<F>(airs, 4, 4, shared: shared)), shared: shared);
        Trace<F> trace = new(1, 16);
        GroupPlace place = StarkGroup.Challenges([], [StarkGroup.Commit(key, [trace], [[]])])[0];
        using CudaDevice device = TestDevice.Open();
        Assert.Throws<NotSupportedException>(() => StarkProver.Prove(key, [trace], [[]], new StarkProverOptions().WithCuda(device), place: place));
        Assert.Equal(1, device.Turn.CurrentCount);
        StarkProof proof = StarkProver.Prove(key, [trace], [[]], place: place);
        Assert.True(StarkGroup.Verify([], [new GroupProof<F>(key, [[]], proof)]).IsValid);
    }

    private readonly struct PassingAir : IAir
    {
        public AirShape Shape => new() { Name = "passing", Width = 1 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue>
        {
            b.Send(s_bus, b.Constant(1), [b.Local(0)]);
            b.Receive(s_bus, b.Constant(1), [b.Next(0)], 1);
        }
    }
}
