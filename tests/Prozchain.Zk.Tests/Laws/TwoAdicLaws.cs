using Prozchain.Zk.Fields;

namespace Prozchain.Zk.Tests;

/// <summary>What a field with a large two-adic subgroup owes besides.</summary>
public abstract class TwoAdicLaws<TField> : FieldLaws<TField> where TField : struct, ITwoAdicField<TField>
{
    [Fact]
    public void TwoAdicGenerator_EveryOrder_IsExactAndSquaresToTheNext()
    {
        Assert.Equal(TField.One, TField.TwoAdicGenerator(0));
        for (int bits = 1; bits <= TField.TwoAdicity; bits++)
        {
            TField root = TField.TwoAdicGenerator(bits);
            Assert.Equal(-TField.One, FieldMath.Power(root, 1UL << (bits - 1)));
            Assert.Equal(TField.TwoAdicGenerator(bits - 1), root * root);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => TField.TwoAdicGenerator(TField.TwoAdicity + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => TField.TwoAdicGenerator(-1));
    }
}
