using System.Security.Cryptography;
using Prozchain.Testing;
using Prozchain.Zk.Fields;
using Prozchain.Zk.Transforms;

namespace Prozchain.Zk.Tests;

public class KoalaBearTransforms : TransformPlanTests<Field31<KoalaBear>>
{
    // SHA-256 over transforms and extensions of seeded columns: the same at every width.
    private const string Frozen = "38EB25CC6D106DB1175F363066D8980B987406E17C8D68A9";

    [Fact]
    public void Transforms_EveryWidth_GiveTheFrozenBytes()
    {
        static void Body() => Assert.Equal(Frozen, Digest());
        Body();
        if (ChildTest.Role is null or "without-Avx512") IsaRerun.Without(InstructionSet.Avx512, Body);
        if (ChildTest.Role is null or "without-Avx2") IsaRerun.Without(InstructionSet.Avx2, Body);
        if (ChildTest.Role is null or "without-All") IsaRerun.Without(InstructionSet.All, Body);
    }

    private static string Digest()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> bytes = stackalloc byte[4];
        for (int logSize = 0; logSize <= 13; logSize++)
        {
            Field31<KoalaBear>[] values = FieldTools.Elements<Field31<KoalaBear>>(3 << logSize, logSize), extended = new Field31<KoalaBear>[3 << (logSize + 1)];
            new CosetExtension<Field31<KoalaBear>>(logSize, 1, FieldTools.Element<Field31<KoalaBear>>(9))
                .Extend(values, new ColumnLayout(3, 1 << logSize), extended, new ColumnLayout(3, 2 << logSize));
            foreach (Field31<KoalaBear> value in extended)
            {
                value.Write(bytes);
                hash.AppendData(bytes);
            }
        }
        return Convert.ToHexString(hash.GetHashAndReset())[..48];
    }
}
