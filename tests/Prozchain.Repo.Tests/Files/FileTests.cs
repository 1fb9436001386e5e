namespace Prozchain.Repo.Tests.Files;

public sealed class FileTests
{
    private static readonly string[] s_kernels =
        [.. Repository.ReadLines("eng/kernels.txt").Select(line => line.Split('#')[0].Trim()).Where(line => line.Length > 0)];

    [Fact]
    public void Sources_Everywhere_AreShort() =>
        Violation.AssertNone(Repository.Sources.SelectMany(file => FileRules.CheckLength(file, Repository.ReadLines(file).Length, s_kernels)));

    [Fact]
    public void Kernels_InTheAllowList_Exist() =>
        Violation.AssertNone(s_kernels.Where(file => !Repository.Files.Contains(file))
            .Select(file => new Violation("eng/kernels.txt names files that exist", "eng/kernels.txt", "a tracked file", file)));

    [Fact]
    public void Packages_Each_HaveAShortMedianFile() =>
        Violation.AssertNone(Repository.Sources
            .Where(file => !file.EndsWith(".g.cs", StringComparison.Ordinal))
            .GroupBy(Repository.PackageOf)
            .Where(package => package.Key is not null)
            .SelectMany(package => FileRules.CheckMedian(package.Key!, package.Select(file => Repository.ReadLines(file).Length))));

    [Fact]
    public void Namespaces_InSource_AreThePackagePlusAtMostOneFolder() =>
        Violation.AssertNone(Library().SelectMany(file => FileRules.CheckNamespace(file, Repository.Read(file))));

    [Fact]
    public void SharedSource_TopLevelTypes_AreInternal() =>
        Violation.AssertNone(Repository.Sources
            .Where(file => file.StartsWith("src/Shared/", StringComparison.Ordinal))
            .SelectMany(file => FileRules.CheckShared(file, Repository.Read(file))));

    [Fact]
    public void Samples_Numbered_AreShort() =>
        Violation.AssertNone(Repository.Sources
            .Where(file => file.StartsWith("samples/", StringComparison.Ordinal) && char.IsAsciiDigit(file["samples/".Length]))
            .GroupBy(file => file.Split('/')[1])
            .Select(sample => (Name: sample.Key, Lines: sample.Sum(file => Repository.ReadLines(file).Length)))
            .Where(sample => sample.Lines >= 150)
            .Select(sample => new Violation("a sample is under 150 lines", $"samples/{sample.Name}", "under 150", $"{sample.Lines}")));

    [Theory]
    [InlineData("src/Prozchain.Zk/A.cs", 300, 0)]
    [InlineData("src/Prozchain.Zk/A.cs", 301, 1)]
    [InlineData("src/Prozchain.Zk/Kernel.cs", 500, 0)]
    [InlineData("src/Prozchain.Zk/Kernel.cs", 501, 1)]
    [InlineData("src/Prozchain.Zk/Table.g.cs", 9000, 0)]
    public void CheckLength_Limits_AreExact(string file, int lines, int violations) =>
        Assert.Equal(violations, FileRules.CheckLength(file, lines, ["src/Prozchain.Zk/Kernel.cs"]).Count());

    [Fact]
    public void CheckMedian_LongMedian_IsNamed()
    {
        Assert.Empty(FileRules.CheckMedian("P", [10, 150, 300]));
        Assert.Single(FileRules.CheckMedian("P", [10, 151, 300]));
        Assert.Empty(FileRules.CheckMedian("P", []));
    }

    [Theory]
    [InlineData("src/Prozchain.Zk/A.cs", "namespace Prozchain.Zk;\nclass A;", 0)]
    [InlineData("src/Prozchain.Zk/Fields/A.cs", "namespace Prozchain.Zk.Fields;\nclass A;", 0)]
    [InlineData("src/Prozchain.Zk/Fields/A.cs", "namespace Prozchain.Zk;\nclass A;", 1)]
    [InlineData("src/Prozchain.Zk/A.cs", "namespace Prozchain.Zk.Fields;\nclass A;", 1)]
    [InlineData("src/Prozchain.Zk/A.cs", "class A;", 1)]
    [InlineData("src/Prozchain.Zk/Usings.cs", "global using System;", 0)]
    [InlineData("src/Prozchain.Zk/Fields/Deep/A.cs", "namespace Prozchain.Zk.Fields.Deep;\nclass A;", 1)]
    [InlineData("src/Shared/Wire/A.cs", "namespace Prozchain.Shared;\nclass A;", 0)]
    [InlineData("src/Shared/Wire/A.cs", "namespace Prozchain.Shared.Wire;\nclass A;", 1)]
    public void CheckNamespace_Cases_AreJudged(string file, string source, int violations) =>
        Assert.Equal(violations, FileRules.CheckNamespace(file, source).Count());

    [Fact]
    public void CheckShared_PublicType_IsNamed()
    {
        Assert.Single(FileRules.CheckShared("src/Shared/Wire/A.cs", "namespace Prozchain.Shared;\n\npublic readonly struct A;\n"));
        Assert.Empty(FileRules.CheckShared("src/Shared/Wire/A.cs", "internal struct A\n{\n    public enum Kind { One }\n}\n"));
    }

    private static IEnumerable<string> Library() => Repository.Sources.Where(file => file.StartsWith("src/", StringComparison.Ordinal));
}
