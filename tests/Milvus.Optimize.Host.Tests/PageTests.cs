using System.Net.Http.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using PuppeteerSharp;

namespace Milvus.Optimize.Host.Tests;

/// <summary>
/// The page in a real Chromium, over a node in a process of its own and the simulator; by keyboard alone. With <c>MILVUS_OPTIMIZE_SCREENSHOTS=folder</c> in the
/// environment it leaves pictures there.
/// </summary>
[Trait("Category", "Long")]
public sealed partial class PageTests : IAsyncLifetime
{
    // Remembers what the head of a run has said twice at once.
    private const string WatchForDoubles = """
        window.twice = '';
        new MutationObserver(() => {
          const said = [...document.querySelectorAll('#view [aria-live] *')].filter(n => n.children.length === 0 && n.textContent).map(n => n.textContent);
          window.twice = said.find((text, i) => said.indexOf(text) !== i) ?? window.twice;
        }).observe(document.body, { childList: true, subtree: true });
        """;

    private static readonly WaitForFunctionOptions Soon = new() { Timeout = 30_000 };
    private CommandFolder _folder = null!;
    private IBrowser _browser = null!;
    private IPage _page = null!;
    private string _url = "";
    private string _key = "";

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_browser is not null) await _browser.DisposeAsync();
        if (_folder is not null) await _folder.DisposeAsync();
    }

    [ChromiumFact]
    public async Task A_run_is_started_watched_over_a_reload_and_another_one_cancelled()
    {
        await OpenAsync();
        await Shot("1-no-key");
        await SignInAsync(_key);
        await Text("#view", "empty");

        await PressAsync("a", "Collections");
        await Text("#view", "default.books");
        await Shot("2-collections");
        await PressAsync("button[aria-label='Optimize books']", "Optimize…");
        await Text("dialog[open]", "6 segments may be merged");
        await Text("dialog[open]", "A merge rewrites every segment");
        await Shot("3-start");
        await PressAsync("dialog button", "Start");
        await Text("h2", "default.books: ");
        await Text("h2", "waiting for compaction");
        Assert.Equal("6", await Count("rect.before"));
        await Shot("4-live");
        await PressAsync("a", "Runs");
        await Text("#view tbody tr:first-child", "books");
        await Shot("4-runs-live");
        await _page.GoBackAsync();

        await _page.ReloadAsync();
        await _page.EvaluateExpressionAsync(WatchForDoubles);
        await Text("h2", "default.books: ");
        await Text("h2", "succeeded");
        Assert.Equal("", await _page.EvaluateExpressionAsync<string>("window.twice"));
        await Text("#view", "after: 1 segment, 300,000 rows");
        await Text("#view", "trigger acknowledged");
        Assert.Equal(("6", "1"), (await Count("rect.before"), await Count("rect.after")));
        await Shot("5-ended");
        await DarkAsync();
        await Shot("6-ended-dark");

        await PressAsync("a", "Collections");
        await PressAsync("button[aria-label='Optimize films']", "Optimize…");
        await PressAsync("dialog button", "Start");
        await Text("h2", "default.films: ");
        await PressAsync("button", "Cancel…");
        await Text("dialog[open]", "Milvus cannot stop a compaction");
        await Shot("7-cancel-dark");
        await _page.Keyboard.TypeAsync("a release is due");
        await Text("dialog[open] button", "Keep it running");
        await PressAsync("dialog button", "Cancel the run");
        await Text("h2", "cancelled");
        await Text("#view", "cancel requested: a release is due");
        await PressAsync("a", "Runs");
        await Text("#view", "cancelled");
        await Shot("8-runs-dark");
    }

    [ChromiumFact]
    public async Task The_start_form_is_left_by_Escape_and_filled_by_Tab_Space_and_Enter_and_the_run_cancelled_by_Enter()
    {
        await OpenAsync();
        await SignInAsync(_key);
        await PressAsync("a", "Collections");
        await PressAsync("button[aria-label='Optimize books']", "Optimize…");
        await Text("dialog[open]", "Target size");
        await _page.Keyboard.PressAsync("Escape");
        await _page.WaitForFunctionAsync("() => !document.querySelector('dialog[open]')", Soon);
        Assert.Equal("Optimize books", await _page.EvaluateExpressionAsync<string>("document.activeElement.ariaLabel"));

        // What has the focus is the field for the size; then come both choices, then both buttons.
        await _page.Keyboard.PressAsync("Enter");
        await Text("dialog[open]", "Target size");
        foreach (var letter in "auto") await _page.Keyboard.PressAsync("Backspace");
        await _page.Keyboard.TypeAsync("1GB");
        await _page.Keyboard.PressAsync("Tab");
        await _page.Keyboard.PressAsync("Space");
        await _page.Keyboard.PressAsync("Tab");
        await _page.Keyboard.PressAsync("Space");
        await Shot("3-start-filled");
        await _page.Keyboard.PressAsync("Tab");
        Assert.Equal("Start", await _page.EvaluateExpressionAsync<string>("document.activeElement.textContent"));
        await _page.Keyboard.PressAsync("Enter");
        await Text("h2", "default.books: ");
        await Text("#view", "target size 1024MB");
        await PressAsync("button", "Cancel…");
        await _page.Keyboard.TypeAsync("by nobody");
        await _page.Keyboard.PressAsync("Escape");
        await PressAsync("button", "Cancel…");
        await _page.Keyboard.TypeAsync("by keyboard");
        await _page.Keyboard.PressAsync("Enter");
        await Text("#view", "cancel requested: by keyboard");
        await Text("h2", "cancelled");
        Assert.DoesNotContain("by nobody", await _page.EvaluateExpressionAsync<string>("document.body.innerText"), StringComparison.Ordinal);
        var (_, run) = await _folder.EndAsync(_folder.Start("status", "books", "-o", "json"));
        Assert.Equal(("1024MB", true, true), (run.Spec.TargetSize, run.Spec.Flush, run.Spec.Force));
    }

    [ChromiumFact]
    public async Task Older_runs_are_a_press_away()
    {
        await OpenAsync();
        using var http = new HttpClient { BaseAddress = new(_url), DefaultRequestHeaders = { Authorization = new("Bearer", _key) } };
        var cluster = (await http.GetFromJsonAsync<JsonObject>("/api/v1/clusters"))!["clusters"]![0]!["name"]!.GetValue<string>();
        // One more than a page; each ends before the next begins.
        for (var i = 0; i < 50; i++) (await http.PostAsJsonAsync("/api/v1/runs?wait=20", new { cluster, collection = "empty" })).EnsureSuccessStatusCode();
        await SignInAsync(_key);
        await _page.WaitForFunctionAsync("() => document.querySelectorAll('#view tbody tr').length === 50", Soon);
        await PressAsync("button", "Older");
        await _page.WaitForFunctionAsync("() => document.querySelectorAll('#view tbody tr').length === 51", Soon);
        await _page.WaitForFunctionAsync("() => document.querySelector('#view > button').hidden", Soon);
    }

    [ChromiumFact]
    public async Task A_key_that_only_reads_sees_everything_and_starts_nothing()
    {
        await OpenAsync();
        var create = _folder.Start("keys", "create", "reader", "--role", "viewer");
        await SignInAsync((await create.StandardOutput.ReadToEndAsync(_folder.Over.Token)).Trim());
        await PressAsync("a", "Collections");
        await PressAsync("button[aria-label='Optimize books']", "Optimize…");
        await Text("#said", "This needs the role operator");
        await Text("#said", "Nothing was changed");
        await Shot("9-read-only");
        Assert.Empty(_folder.Triggers);
        await SignInAsync("mok_nonsense");
        await Text("#said.bad", "key");
        Assert.Equal("key", await _page.EvaluateExpressionAsync<string>("document.activeElement.id"));
    }

    [ChromiumFact]
    public async Task What_has_the_focus_keeps_it_while_a_list_is_refreshed()
    {
        await OpenAsync();
        await SignInAsync(_key);
        await Text("#view", "empty");
        await _page.EvaluateExpressionAsync("window.first = document.querySelector('#view a'); window.first.focus()");
        await _page.WaitForFunctionAsync("() => document.querySelector('#view a') !== window.first", Soon);
        Assert.True(await _page.EvaluateExpressionAsync<bool>("document.activeElement === document.querySelector('#view a')"));
    }

    private async Task OpenAsync()
    {
        _folder = await CommandFolder.OpenAsync(speed: 2);
        // Over the socket alone a command may bring a Milvus; this one has nothing to merge there.
        await _folder.EndAsync(_folder.OptimizeAs("empty"));
        _folder.Start("node", "--listen", "http://127.0.0.1:0");
        await _folder.UntilAsync(() => _folder.Said.Any(l => l.Contains(" serves ", StringComparison.Ordinal)));
        var said = string.Join('\n', _folder.Said);
        (_url, _key) = (Url().Match(said).Groups[1].Value, Key().Match(said).Value);
        _browser = await Puppeteer.LaunchAsync(new() { ExecutablePath = ChromiumFactAttribute.Executable, Args = ["--no-sandbox", "--disable-gpu", "--lang=en-US"], DefaultViewport = new() { Width = 1200, Height = 800 } });
        _page = await _browser.NewPageAsync();
        await _page.GoToAsync(_url);
    }

    // Who has no good key stands in the field for it.
    private async Task SignInAsync(string key)
    {
        await _page.FocusAsync("#key");
        await _page.Keyboard.TypeAsync(key);
        await _page.Keyboard.PressAsync("Enter");
    }

    /// <summary>Goes there by Tab, and presses Enter.</summary>
    private async Task PressAsync(string selector, string text)
    {
        var found = $"n => n.matches({Literal(selector)}) && n.textContent === {Literal(text)}";
        await _page.WaitForFunctionAsync($"() => [...document.querySelectorAll({Literal(selector)})].some({found})", Soon);
        for (var tab = 0; tab < 60; tab++)
        {
            await _page.Keyboard.PressAsync("Tab");
            if (!await _page.EvaluateExpressionAsync<bool>($"({found})(document.activeElement)")) continue;
            await _page.Keyboard.PressAsync("Enter");
            return;
        }

        Assert.Fail($"Tab does not lead to {selector} '{text}'");
    }

    private async Task Text(string selector, string text)
    {
        try
        {
            await _page.WaitForFunctionAsync($"() => [...document.querySelectorAll({Literal(selector)})].some(n => n.textContent.includes({Literal(text)}))", Soon);
        }
        catch (WaitTaskTimeoutException)
        {
            Assert.Fail($"'{text}' does not come; the page shows: {await _page.EvaluateExpressionAsync<string>("document.body.innerText")}");
        }
    }

    private async Task DarkAsync()
    {
        const string background = "getComputedStyle(document.body).backgroundColor";
        var light = await _page.EvaluateExpressionAsync<string>(background);
        await _page.EmulateMediaFeaturesAsync([new MediaFeatureValue { MediaFeature = MediaFeature.PrefersColorScheme, Value = "dark" }]);
        Assert.NotEqual(light, await _page.EvaluateExpressionAsync<string>(background));
    }

    private Task<string> Count(string selector) => _page.EvaluateExpressionAsync<string>($"String(document.querySelectorAll({Literal(selector)}).length)");

    private async Task Shot(string name)
    {
        if (Environment.GetEnvironmentVariable("MILVUS_OPTIMIZE_SCREENSHOTS") is { Length: > 0 } folder) await _page.ScreenshotAsync(Path.Combine(folder, $"{name}.png"));
    }

    private static string Literal(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    [GeneratedRegex(" serves (\\S+)")]
    private static partial Regex Url();

    [GeneratedRegex("mok_[a-z2-7]{10}_[A-Za-z0-9_-]{43}")]
    private static partial Regex Key();
}
