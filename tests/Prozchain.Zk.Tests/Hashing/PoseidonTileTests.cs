using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Hashing;

namespace Prozchain.Zk.Tests;

/// <summary>Sixteen states at once against the scalar permutation, at every width of vectors.</summary>
public class PoseidonTileTests
{
    [Fact]
    public void PermuteTile_RandomAndEdgeStates_EqualsOneByOne() => Check();

    [Theory]
    [InlineData(InstructionSet.Avx512)]
    [InlineData(InstructionSet.Avx2)]
    [InlineData(InstructionSet.All)]
    public void PermuteTile_WithoutInstructionSets_EqualsOneByOne(InstructionSet set) => IsaRerun.Without(set, Check);

    [Fact]
    public void PermuteTile_WarmedUp_AllocatesNothing()
    {
        Field31<KoalaBear>[] koala = FieldTools.Elements<Field31<KoalaBear>>(24 * 16, 1);
        Field31<BabyBear>[] baby = FieldTools.Elements<Field31<BabyBear>>(24 * 16, 1);
        AllocationAssert.None(() =>
        {
            Poseidon2Width16<KoalaBear>.PermuteTile(koala.AsSpan(0, 256));
            Poseidon2Width24<KoalaBear>.PermuteTile(koala);
            Poseidon1Width16<KoalaBear>.PermuteTile(koala.AsSpan(0, 256));
            Poseidon1Width24<KoalaBear>.PermuteTile(koala);
            Poseidon2Width16<BabyBear>.PermuteTile(baby.AsSpan(0, 256));
            Poseidon2Width24<BabyBear>.PermuteTile(baby);
        });
    }

    [Fact]
    public void PermuteTile_WrongLength_Throws()
    {
        Assert.Throws<ArgumentException>(() => Poseidon2Width16<KoalaBear>.PermuteTile(new Field31<KoalaBear>[255]));
        Assert.Throws<ArgumentException>(() => Poseidon1Width24<BabyBear>.PermuteTile(new Field31<BabyBear>[256]));
    }

    private static void Check()
    {
        CheckOne<KoalaBear, Poseidon2Width16<KoalaBear>>();
        CheckOne<KoalaBear, Poseidon2Width24<KoalaBear>>();
        CheckOne<BabyBear, Poseidon2Width16<BabyBear>>();
        CheckOne<BabyBear, Poseidon2Width24<BabyBear>>();
        CheckOne<KoalaBear, Poseidon1Width16<KoalaBear>>();
        CheckOne<KoalaBear, Poseidon1Width24<KoalaBear>>();
        CheckOne<BabyBear, Poseidon1Width16<BabyBear>>();
        CheckOne<BabyBear, Poseidon1Width24<BabyBear>>();
    }

    private static void CheckOne<T, TPermutation>()
        where T : struct, IField31Parameters
        where TPermutation : struct, IPermutation<Field31<T>>
    {
        int width = TPermutation.Width;
        // The largest and least Montgomery forms are those that reductions meet at the ends of their ranges.
        Field31<T> lastForm = Field31<T>.FromUInt64(1).Halve();
        for (int i = 1; i < 32; i++) lastForm = lastForm.Halve();
        Field31<T>[] edges = [default, Field31<T>.One, -Field31<T>.One, -lastForm, lastForm];
        for (int seed = 0; seed < 40; seed++)
        {
            Field31<T>[] tile = FieldTools.Elements<Field31<T>>(width * 16, seed);
            var random = new SeededRandom((ulong)seed);
            if (seed < 5) Array.Fill(tile, edges[seed]);
            else if (seed < 20)
            {
                foreach (ref Field31<T> element in tile.AsSpan()) element = edges[random.Next(edges.Length)];
            }
            var expected = new Field31<T>[tile.Length];
            var state = new Field31<T>[width];
            for (int s = 0; s < 16; s++)
            {
                for (int i = 0; i < width; i++) state[i] = tile[16 * i + s];
                TPermutation.Permute(state);
                for (int i = 0; i < width; i++) expected[16 * i + s] = state[i];
            }
            TPermutation.PermuteTile(tile);
            Assert.Equal(expected, tile);
        }
    }
}
