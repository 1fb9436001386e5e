using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Cuda.Backend;

/// <summary>
/// The host's constants of Poseidon2 as Kernels/poseidon2.cu takes them. There each product and each external matrix divides by 2^32, and nothing
/// is multiplied back: at every point the state is the true one times a scale, which is known here, and so constants are in it.
/// </summary>
internal static class Poseidon2Table<TParameters> where TParameters : struct, IField31Parameters
{
    private const int HalfFull = PoseidonInstance<TParameters>.FullRounds / 2;

    /// <summary>For rows: width 24, elements in Montgomery form before and after.</summary>
    public static uint[] Rows { get; } = Make(Poseidon2Core<TParameters>.Width24, Field31<TParameters>.FromUInt64(1UL << 32));

    /// <summary>For pairs: width 16, canonical integers before and after.</summary>
    public static uint[] Nodes { get; } = Make(Poseidon2Core<TParameters>.Width16, Field31<TParameters>.One);

    private static uint[] Make(Poseidon2Core<TParameters> core, Field31<TParameters> outside)
    {
        PoseidonInstance<TParameters> instance = core.Instance;
        var radix = Field31<TParameters>.FromUInt64(1UL << 32);
        Field31<TParameters> inverse = radix.Inverse();
        ulong degree = (ulong)instance.SBoxDegree;
        List<uint> full = [], partial = [];
        int at = 0;
        // The first external matrix stands before all rounds.
        Field31<TParameters> scale = outside * inverse;
        FullRounds();
        // After the box the scale is multiplied back to what the other elements have.
        Field31<TParameters> box = FieldMath.Power(scale.Inverse(), degree - 1) * FieldMath.Power(radix, degree);
        for (int round = 0; round < instance.PartialRounds; round++) partial.Add((core.Constants[at++] * scale).ToUInt32());
        FullRounds();
        Field31<TParameters> last = outside * scale.Inverse() * radix;
        return
        [
            .. full, .. instance.Diagonal.Select(element => (element * radix).ToUInt32()),
            box.ToUInt32(), FieldMath.Power(radix, 3).ToUInt32(), last.ToUInt32(), 0,
            .. partial,
        ];

        void FullRounds()
        {
            for (int round = 0; round < HalfFull; round++)
            {
                for (int i = 0; i < instance.Width; i++) full.Add((core.Constants[at++] * scale).ToUInt32());
                scale = FieldMath.Power(scale, degree) * FieldMath.Power(inverse, degree - 1) * inverse;
            }
        }
    }
}
