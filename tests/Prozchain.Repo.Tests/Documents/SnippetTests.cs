using Prozchain.Repo.Tests.References;
using Prozchain.Testing;

namespace Prozchain.Repo.Tests.Documents;

public sealed class SnippetTests
{
    [Fact]
    public void Readmes_Each_ShowCodeThatCompilesAndRuns()
    {
        var snippets = new Snippets("readme");
        var missing = new List<Violation>();
        foreach (string library in Repository.Libraries) Add($"src/{library}/README.md", library, [library, .. ReferenceRules.AllowedPackages(library).Where(Repository.Libraries.Contains)]);
        Add("README.md", "Prozchain", Repository.Libraries);
        Violation.AssertNone(missing);

        snippets.Build().AssertSuccess();
        foreach (string id in snippets.Ids) snippets.Run(id).AssertSuccess();

        void Add(string file, string name, IEnumerable<string> libraries)
        {
            string[] blocks = Repository.Files.Contains(file) ? [.. new Markdown(Repository.Read(file)).Code("csharp")] : [];
            if (blocks.Length == 0) missing.Add(new("a README shows code that runs", file, "a block of csharp", "none"));
            for (int i = 0; i < blocks.Length; i++) snippets.Add($"{name}-{i + 1}", blocks[i], libraries);
        }
    }

    [Fact]
    public void Snippets_OneThatFailsAndOneThatRuns_AreToldApart()
    {
        var snippets = new Snippets("synthetic");
        Markdown document = new("# X\n\n```csharp\nusing System.Text;\nConsole.WriteLine(Encoding.UTF8.GetBytes(\"ab\").Length);\n```\n\n```csharp\nthrow new InvalidOperationException(\"as it should\");\n```\n");
        string[] blocks = [.. document.Code("csharp")];
        snippets.Add("runs", blocks[0], Repository.Libraries);
        snippets.Add("throws", blocks[1], []);
        snippets.Build().AssertSuccess();
        ChildResult good = snippets.Run("runs");
        good.AssertSuccess();
        Assert.Equal("2\n", good.Output);
        Assert.Contains("as it should", snippets.Run("throws").Output, StringComparison.Ordinal);
        Assert.NotEqual(0, snippets.Run("throws").ExitCode);

        var broken = new Snippets("synthetic-broken");
        broken.Add("broken", "int x = \"no number\";", []);
        ChildResult build = broken.Build();
        Assert.NotEqual(0, build.ExitCode);
        Assert.Contains("CS0029", build.Output, StringComparison.Ordinal);
    }
}
