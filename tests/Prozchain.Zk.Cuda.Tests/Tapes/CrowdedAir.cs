using Prozchain.Zk.Air;

namespace Prozchain.Zk.Cuda.Tests.Tapes;

/// <summary>So many interactions that their fractions' slots are too many for shared memory.</summary>
internal readonly struct CrowdedAir : IAir
{
    private static readonly Bus s_bus = new("crowd", 2, BusKind.Permutation);

    public AirShape Shape => new() { Name = "crowded", Width = 3 };

    public void Eval<TBuilder, TValue>(ref TBuilder b)
        where TBuilder : struct, IAirBuilder<TValue>, allows ref struct
        where TValue : struct, IAirExpression<TValue>
    {
        for (int i = 0; i < 40; i++) b.Interact(s_bus, i % 3 == 0 ? BusDirection.Receive : BusDirection.Send, b.Local(i % 3), [b.Local((i + 1) % 3) * b.Next(2), b.Constant((ulong)i)], 1);
    }
}
