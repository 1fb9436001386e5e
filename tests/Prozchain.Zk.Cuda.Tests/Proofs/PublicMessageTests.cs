using Prozchain.Zk.Air;
using Prozchain.Zk.Cuda.Tests.Emulator;
using Prozchain.Zk.Security;
using Prozchain.Zk.Stark;
using F = Prozchain.Zk.Fields.Field31<Prozchain.Zk.Fields.KoalaBear>;

namespace Prozchain.Zk.Cuda.Tests.Proofs;

/// <summary>Messages that the verifier has: a device makes the same proof, and none if they do not balance.</summary>
[Collection(nameof(DeviceTests))]
public sealed class PublicMessageTests
{
    private static readonly Bus s_bus = new("handed in", 2, BusKind.Permutation);

    [Fact]
    public void TheSameBytes()
    {
        IAir[] airs = [new ReceivingAir()];
        StarkShape shape = StarkKey.ShapeOf<F>(airs, 4, 4) with { MaxPublicMessages = 16 };
        StarkKey<F> key = StarkKey.Create<F>(airs, StarkParameters.Secure100(shape));
        Trace<F> trace = new(2, 16);
        List<PublicMessage<F>> messages = [];
        for (int row = 0; row < 16; row++)
        {
            (trace[0, row], trace[1, row]) = (F.FromUInt32((uint)row), F.FromUInt32((uint)(row * row)));
            messages.Add(new(s_bus, BusDirection.Send, new[] { trace[0, row], trace[1, row] }));
        }
        StarkProof expected = StarkProver.Prove(key, [trace], [[]], messages: messages);
        using CudaDevice device = TestDevice.Open();
        StarkProof proof = StarkProver.Prove(key, [trace], [[]], new StarkProverOptions().WithCuda(device), messages: messages);
        Assert.Equal(expected.Messages.ToArray(), proof.Messages.ToArray());
        Assert.Equal(VerifyResult.Valid, StarkVerifier.Verify(key, [[]], proof, messages));
        messages.RemoveAt(3);
        Assert.Throws<InvalidTraceException>(() => StarkProver.Prove(key, [trace], [[]], new StarkProverOptions().WithCuda(device), messages: messages));
        Assert.NotEqual(VerifyResult.Valid, StarkVerifier.Verify(key, [[]], proof, messages));
    }

    private readonly struct ReceivingAir : IAir
    {
        public AirShape Shape => new() { Name = "receiving", Width = 2 };

        public void Eval<TBuilder, TValue>(ref TBuilder b)
            where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
            where TValue : struct, IAirExpression<TValue> => b.Receive(s_bus, b.Constant(1), [b.Local(0), b.Local(1)], 1);
    }
}
