"""Published answers for the self-test at start; long results are kept as their SHA-256."""

from base64 import b85decode
from dataclasses import dataclass
from typing import Any

from volly_browser.crypto.engine import Agree, Algorithm, Decapsulate, DerivePublicKey, Open, Operation, Seal, Verify


@dataclass(frozen=True, slots=True)
class KnownAnswer:
    """An operation and its result: the SHA-256 of bytes, or a truth value."""

    operation: Operation[Any]
    result: str | bool


# Wycheproof, mlkem_768_test, test 2.
ML_KEM_768_SEED = bytes.fromhex(
    "7c9935a0b07694aa0c6d10e4db6b1add2fd81a25ccb148032dcd739936737f2d"
    "8626ed79d451140800e03b59b956f8210e556067407d13dc90fa9e8b872bfb8f"
)
ML_KEM_768_CIPHERTEXT = b85decode(
    "$T<*&xYO#Flp!TSvXM^+mQ6EK9Y1HSW(jV;vG)c-"
    "OG#Cabz4>?y5ctS;0Klg$7c80V1SQ)E3n6<;AZVKZRRNW#eVCny9^@P5mba@X+HDLQl&qC^cC<9WqRSoq>rWSZcF9QMlG-Wgwpoa|5e<ZzKgKeCG"
    "2GVOw_%Nx(b9&i(KTkqKP!u_n=UjAK`_y2DDMyzpYZ$EV2<yr`e^?m~4;S8^I31!G@ktz&ur_VUnQ)n#yBqsR9eysL=I{b~_7+gj}F)OikP&Lp~O"
    "{#x6vMAKSoNq8P7-AKiV=q-"
    "5p~s#0YpOyM~j*{H?(r($hi6`Pm^xpi?0H3OiySfLzhWPHHkn#hYA=>=?+w9*KD2~p9~^qC})5q@Jwc}t~5aqLOEryBD?JvgHa^@k!z(e}`MhPwB"
    "H=RGDj@I%u<pa~&`eTyO8^WoMp05<I>uSw<J8;}p=-"
    "g$tJ@}HG(g_aVrTHFEqvSqUcvE!jC<QdvqbS597guwyYJ&nqXE=3`%rE%{>pjhZc|1z;{TCSj9e>(W$s}>?IG<IU`-"
    "?)*`?82p7Ryg_H=`ET)R7ziv8pQ#u(dude0s;K73fBU}C8<l_Sdi5KqM=9b;nDoMj5@x2E&g!xM({J(7ND|u8&3-"
    "@m2IBomlqW|npTJ~B$eXed>o7cQgMX5(83736`w8>F^mhd-6W=`{Dhx_I9}A-pnu`ly;eZXp4H6#)`w%u4G!O7vXU2n!P3*g9neWoR=lw#SgySN-"
    "ueEtuDn;T*#bOe&*oYr<3Ae!5gwA}J^>!D3n47|S3}JQ^%$PcA0S(QZ_6%g8DX_ROzY%)jL|!VnbowOZHMmKHtD$hOaNn8mZ~dtiEcA(8(}WtJ-"
    "89!@P1)*jgk*YW%KbDK{=hq7A%p<7K#Ego&SOzSQ&>B-"
    "BpUa37a|#ubrW{FtVz1y!DNA^H;EMauLV`w#cs*|1}Bv(bHQLzufJ8xTd09NadAefO1W$1$@?EwtnN}a#uluXPrn`IHpH#tO67eb;uI0d1tzOk%i"
    "1Ey(&dTxDP!s1l5gYN>_O;&#S(i2NmevF8Chw1jrVT*Q7rBv(!lDhM<V=(rP9ZnMjgnBiHQAIpe{%8PALCx4wRsPa@5XvA5!0fDWmBV5UsKyV=V?"
    "dOErIk6tMjp6dNh10wzASqk8j&X4Y{n6@Iyr&VwCCducd1kPzSSTLuicW0+;eVUiJOZ@c;0{2`aT`!zx5jX^&{Ct2_l57L(Ke&IEl^9w=?5U&{Rf"
    "jz=rnA37izH$rNJ@|P9^>w>{}Ab%EEA_<gwSK<YPS)iT7|VZJ@_4>G?4agj-&j#27gsB##9_Dk92W-"
    "H3B|+n>kj)?l1UDpghk@OH(1aBnXvA8^+c=7L&n*cvAT3e^8+_Q!2ym9#Yg~"
)

# draft-connolly-cfrg-xwing-kem-10, the first vector.
X_WING_SEED = bytes.fromhex("7f9c2ba4e88f827d616045507605853ed73b8093f6efbc88eb1a6eacfa66ef26")
X_WING_CIPHERTEXT = b85decode(
    "xH_mP)YdDSgU<iq)6=^i^AcoaJO>O{n38@$`v;LqCqIvt=Ynk2H(Dq?eW-"
    ";nOkLnnY7YifBt6Bse~bROG4_H{A)2e*ay!ORAVI9U?~3$7Wl~8(xdP^o{UahA+HkS8U3Y4d(G)(Tpu~0dKIVx5SH}@;u0LYGa`p<%E4a)t&MTna"
    "HcwKx?KsDsahDaAI$hI*Esl#rt8h+7S+z2I@F&JRkEmC~kd0c3dx)%mE8~>eJU0g2)aIDXY~yecA58)iB|<o~qUeGfZb3>M@(*khM7Eg(Z(0G$pr"
    "NHz7BCAy(gcim%yX~0d9UuN(!ddm-zwXPaNIJCRTj)ev7!ZmK?9yFkf9K%;cGFC`%}G1p(fV1KOt9#QG1CO%mK>15Pb%Pm{jhIPncoCCewCIhclY"
    "7Y&K`o^pk|;R94+UK}&F^uY?ta^vMipa$Q$&PU!A@=HmIjSS`Nkh2S{<!$#}-"
    "P9hbHY=k#TnzW=&ACcZ#tWlTvo5kfsFH!lWlY0;=qrR@cZX8%R3QAw?&Pq;DCist1k6HiH+d*|JIz5o@tK?&en|(ls3{wn<LFjQSb2e!013KIK`z"
    "=Y+dPLL)PFQ2>3h<zfN3+a`gLAwE_oF+68^Tz8SL<n2PKq~Yw@_&pwzmYBa(@=;!J}@-*w3$Z6-"
    "n|ZeX@7xrCOR%2C_N=2DEY?sj~!yQpLSnSxs&ve>lO6SsLnpRwSHq&U+Dh{KKeX6@vNCad>_hJ?;rMd3Nc939XVBq?g}_fI>J;cL%1ok6(YdK%P5"
    "OQFS*oVYhYwEqR=})+k`Ua92Ld;X5R54X5ckQWlO6wyAY%iC*{c6nYKF8~S8R2#S&@77P!X&l7o~lpNBG2J6TUMB#d(_!n>xuh)u~&IoAHVxGGxO"
    "i@vRELc6RxQ2xy4^62NffC?wLHxo^Rb;83+ukUKpWt#Mhu5j3(QX{bRaqC{nMA5yx~l9f_9m0BtwN*q82sjaCp^Z<`&4qXfaq5~$KD2`x-"
    "ZrFG1n!ulLBn8ti3<xEdb=lklAI|pgKGYLL$11Dw-DJtYwc^D&Xfv>ikdZpd(jr2$Ujtph5eBrwUnJTdcn+eBuI_n5Q0GI}IFSD71yKt>p=`U%aR"
    "6se2(Z=gVuvWj9eqx7_N<X)ubw!mNqshCaBIFcq>x6w3RYd=7>FR6SN@j3G8MS)Tg8!R$%hjEGcwvdloq(~P|^nY2`RKvo4Y&=`!-"
    ">B2e=zTlueRd?2F9V^RAs`4Di{_)^A2FjKxo$%khR^hU=K2O37H~2KfuVNB@eXfSX!dfqBYRI*T-"
    "p3tTTl?utUevq?*Z{LId2iZ@?YDd2DM2<9lT_=B({+(okDOo)*}jg(A)nn)dfzjb?M-"
    "NKdyNyaOytdvvM5o%>DDqpe=+TEe6e5+<!={PXF$#>GW=0R0|7<Pxqf5d<Q+9abf9_D=KC%c"
)

# RFC 9180, appendix A.1.1 (pkRm of skRm); Wycheproof, x25519_test, test 209: WebKitGTK 2.50 takes no private
# key that begins with a zero byte.
X25519_PRIVATE_KEY = bytes.fromhex("4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8")
X25519_AGREEING_PRIVATE_KEY = bytes.fromhex("00f98b02ae0df5274cc899f526eb1b877289e0963440a57dd97e414cdd2f7c51")
X25519_AGREEING_PUBLIC_KEY = bytes.fromhex("e59be4917b3f05b6fc8748c9b90f1b910273c9c6e17ff96ef415ff3d927d987e")

# RFC 8032, section 7.1, test 1.
ED25519_PRIVATE_KEY = bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
ED25519_PUBLIC_KEY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
ED25519_SIGNATURE = bytes.fromhex(
    "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
    "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
)

# Wycheproof, ed25519_test, test 63: a valid signature, but with s + L in place of s, which WebKitGTK 2.50 accepts.
ED25519_MALLEABLE_PUBLIC_KEY = bytes.fromhex("7d4d0e7f6153a69b6242b522abbee685fda4420f8834b108c3bdae369ef549fa")
ED25519_MALLEABLE_SIGNATURE = bytes.fromhex(
    "7c38e026f29e14aabd059a0f2db8b0cd783040609a8be684db12f82a27774ab0"
    "67654bce3832c2d76f8f6f5dafc08d9339d4eef676573336a5c51eb6f946b31d"
)

# Wycheproof, mldsa_65_verify_test and mldsa_65_sign_seed_test, test 1.
ML_DSA_65_SEED = b"*" * 32
ML_DSA_65_MESSAGE = b"Hello world"
ML_DSA_65_PUBLIC_KEY = b85decode(
    "^+1C+(EjFJD1{OxrTT%jgk)nZc;czP_YE@-E;?Uy+0SQc?a>B&k)_>TPTWTLXsJK`$@ESoPDJ*Cp;NA{@+j!rd|%J)Fw8Uv;$f?aXm-BkW?<5%!P"
    "n}-3|CYoQU;-T_Z4E523+TdZ;-"
    "@~M7%fipbj$b{W?pr;+Xy@JrHiL`6@G|lqEVU2auO)9Ry=<hH}!32FOzCi?ln0zx5KCZgv)yJzJV721aTXEPkoJ7mMRm1!y}&HhTD7EvnddFu~#*"
    "rAYx)@Dvw-"
    "_3Z=)%L|uX)oocY`LbjaxI?%<Hj^+*064uqOS71UfMDtv$;NP*H)L?74eJFiKvr}=yx#*sv65yx(ZU;}v(;v94Gt;9;q3=ms|(rD(^UZ*l;Hmi1e"
    "*ihw-bgyW^qLPtk))ARiJ)Thw-"
    "b^3<G@eO+#v^Rrn_ak`+V^fCu&zU{DQ|KUe>@zwU4C(){dFh%J4Mp{lZ;i7boi!{0JAw5QVSqoiDBBgHGd(0m+}F-"
    "vf1h@~JY`1r7Hhf8!Fa*}3J$Bb&uEd7XN>f0_$Im-TS1LW<x`X@)*o5U}YuZsg7J~#+QvA@w;-"
    "iX45)~5gdk?Q=57v5~VXjfk{JiwpA4oT?m*Kd_*zQl&Njr1f`DA>@|^*D3k9p+!!Om_=X8jNT4#T`h@CN+svQA9_GAK9cXSdrSt;oDM4*M=K1Ara"
    ";KlAG?I_3723W_zhVWBdaI4K9LYkBR7=>>V8~`=0*Jx0DZk%j@e}Bb>p-"
    "O^<z2%c3CAV@?&{Mx}y)yjn<v3)7Nx&)yXen%SfeW0=<!H3=o~;7}PvK%X)*8a6B1s{1{R=Ny(pGS;uR=7jl~Q6z1M2pooVO6Gwx@+?!NwXP+PBM"
    "O*F9W6trnr#nFRHL>a6P8-"
    "X$Snm25?VN*Cx3y<!PIQ;Dia)UQMiu4x~>d@rl992G0O(|5p4fa5!ILA5LeSE1)vD^ESl^y5fhvHHJB%f|AW2I!ycayfavXxxu4!<y89{PHFJsnH"
    "-)wgc;YGV2R<8R<4uH%)Yzo*QB@u-"
    "IMP&V`@#j&#@e$@E0!x7`$X~5FTo6FMEusaHm}pmK}#0G;MWNLpHcrA5)0mGI|7Ss9&Nriw79dpd~bS$CjnqMY17`-"
    "a!?NlRRZtG)68PC4qV&IUWVDg)G2enbzSv2%nIsQ`4oeO+h@Hi_YBc2&6d^1Z?bVgYj-"
    "4NB8|jL2a$OBw`MmBW~ZBnAFQHA%5RTjzMlqYDSE_4%GJ+GgE5O60PMXeKMw5fV5y^eC#&1r<AUP{mjD8Tef$g4lTN(=i5UG$(}Tb)oj3NBnQoYx"
    "Ne5SF>%^j%9`z?wRp2Je3)cxo&C&YW@=-V)GEbiSxM0z;fWnrAy19J;26iVqMa-cp!<K5UG%SSTHGa(UQdf6FxOjPIv<nCCEj^xW8avAcoVpL&e+"
    "^H8TqG-w6s*%XUSN)rFuFYWagRfYDn1@&8Y{kmgAFuvA2UZjCObEftLA#oDfQn(hFdTD$!T@{VsnaQ5iRYdqEk<>qB}b<B;S~0k-"
    "FcILB*596Q{}^AJ6=@TL-zRlQ*=ato9bm;Z;7lR3A91Vn;M71({MaqJeVC6FF-tmSUFyAoweiq7(Ez=b|#q$}(ssT%6!S)d>|t3T#DRGADhcFPUQ"
    "dkz=+aBObg652v{4`2ru$g}INMNIp#>Cb=?dTgxtVN$&!h;X>1(@WPAK_vytN65%s%B;TyOKY)sleb$2ld&x+4JAjX{19OzPv>VB??0ARfb%fwO5"
    "wTpN1G2odKZt>2j80DOe}rub$M~CfIo~3(!>qzJ11qTat|zs*(pNJSK7gdn-"
    "e+)eoE~QEEarn@A~WcZum6O=bXu6I5>&_`oNQHNNW!(zzUyIAEo=9^;Zr9a#z#gA>t+4`RkJ_VNDa%m*VJ*9Ec#pGV8fRosKv;eo|bCj+>ka!9?9"
    "~=lryp-UK8>@Ai}@8fv2;jRfsf6BaeMZAwHiF&Kc)#8{GVJ?o}kceT(3vv}c6kI3qj+`<XaC$8v9%7vUG3(NDUX*23%2X`c$P<$i3fBZpf8o{7)e"
    "2K5qV?9%Sk?XR^Sg7T#X)qAH+rV)2crTQ=bN|$9B-a=S~=g^WF&w*PPXVm;!a>0ohnHnfihNh=xVM<LTQ-"
    "|76@{QMc`!lPEz>$yZqjro{yB`Ox!#w`&GuHZ~(@)nTdp1=w!RCFuiSV)kmCqc#NDVVO-"
    "W;2<g9r#)a?aE+CX5u4qHs{eHfXKM&x?f#M11_y$oSanRZnn10eEVu>&k|i9VG{Lqk11!`}fd}Ss#~;q?|Z#Vpw_i4kQ?^#ml2FsKZA3kT|;Q!&="
    "Y=icJGkdhQg$=M`|MbdWcHsNH7ym8t|vQZEc}C8w(`)vYk5LTKC(D}SG%R^MdSG4)>^ZroMQ#c-"
    "*|H!dmQER9HKy5dPg9nWskc}f9;@b^#>0shKLfzvd`Li~+5>8TH=bSY+D3E~uaefmXT^n6btojNSA7i+>JWK|M899^drttr)j`x#G%7djZ+"
)
ML_DSA_65_SIGNATURE = b85decode(
    "Y1&%sZC_aX@{~EnAiZe0X5-x~rZcvKQNo5JL~%MEoCs<}`KWNC%)w3OEo>69c*9iJ8GKD`e}mCND=D&2_3l6H5rYxg1?Af-ON%48)j}XGW>WUtKb"
    "?NnA0%T4Ek6`o{ST+CREkIG930CURk9W73bR$e#@2CED0?0H;QLboWZSqwr)Wz#Zd{;6oq19gL28{NE6AHN;Q2-"
    "$QxJT3=4_6KWmM?h)d7ZkRowg^vp*0n12;U~874sS0(uC}CwoSZZqWXKsn*RcYcF~?ILI<xm9Wgl=ehd;43ayNDUJwd)T#E}RTJm{5HrRzyB0z2W"
    ";B$CB2CmYhR6KEnHDo3W~gWo4MyU{xHU{D@Q0uz%c6Fauf)M-"
    "UJY`yc7~Cf)lgE*W1&R;zD_C(n&cMXWa5eW_ME$jHf7Nh2qw3;PB6(zE10%>M;2q_)?+5yJ43#|m5zpGwvO76=*8JdOALIT#E1Zq4c6HPvHa9}3a"
    "myd$a@lPA+@>{4fY>(B3Iq@pkuV9u~0W1VpTQcvWH8b<w%wf_IWYQY!XRsf)nDb=Ku7LYusQl4oNtlVppBAYm%*V>C^H#Ldvxlg!GFxV75gJuFJ6"
    "BDx}EeWq0-JMGY^1QL4-fFiK)23-Ze6xt-0GTV<AFT?X15XZJ9-"
    "2K~BY4*>m%7%<XNNJc=nC5p3T*8Q1=hmZfJn|wsME<+SL|E`M(jvXg)Xi)QYQ@<u`-"
    "?d?@yxab`2U4?SLr!G41Sz#l$cB^71KbaxNAPqTAzue5Nt@gy6bi4&cC4A{5W0$rP|_QF-Kr>JYdessKh!{X27_0~9X97R?W8s-"
    "Fs<s;l^P4G5KlNy#}0%lpE8~pXs~-"
    "lUYx`J%~XI~kW%Llh{L%r;QVS$ecBk$R+QyAh+yP7q2ZlcX7c;Ms?E`)m~k7iU{rZ*0a|fWmG5D6<9h_{rHQt4#MRxWH-"
    "Ue(FF7o)dUDsJ=u07h%UgB4ituH<z+65+Ktoy^765@YD#Shs%kt{h;G8Q9;Ny6dh>zldFKB>om3$NY=KmIZ&f*<UK`zN!NJsPAd-"
    "OpfI!#Qe?P;yF-ik|G0mpUnauO!y#h>zT!;Txbia1L!=e1u5E+$QnCF2zsVV&J;YM-"
    "x)rp>kLw_eqnGlE@S__;gYT@nh~cR$PsQn?uP@IEanR67+mI@^LivG&C?xs8+r5#ja0&r%<sW7S1Qmtcb?VqgE@8~A@j7=5i{9rB5e|I)&d*@7bF"
    "WUJ$_LbqO!$;C!zgfFP;wu%x&zm5z#<L+OV)!pv>m~2ba`JIP+EW$V%iL2aUaXmQB<%{;11*C<-"
    "h|(JsgfT}3Yf5y+ox)w{c;X#3{r+c0{<OhnU~BUso<h%KSRQ_B)>jWe`1<9L&fif6{#OHh%OfPWPs(Kg_U%0fHqFdu&`*!4=m1ouy?lgO{2IF)On"
    "7H~e`_*Y`AQC4oPDsTNZ~9}W$1EAN7=Q+y0NIX`s{*y#2&#F?>sGYNX^>4-"
    "@Jr2^RyRb;XgNGv$S5)F;?(}gC25fRn)jRNVCz?H7cu~+`z0Oi1Ii;V*#y!JCT0l@;5Z#SA#0#&t>Ll$=%Ss(D~T5X);t~mT0Pxq5598#h6*UZQV"
    "A)UrHh)_11{AfY3OPqX+6~DUX}?bAM|+zuJehF|Yk~&5elgMh=+k!iftZd)Cnq0HdIY&4YhWh*_jRcCV_d1)#$KdK8^aYmrsT+$@__06zWfP!hH$"
    "D~A|1l*I+`L~h<y^IM9t0r~BzbpM17%&_nT`Z~{bI?V<X_HHU_$SyJ=nbUhp_&mEkm^U0TzInSsGaiAKM9Zx#;(7$+#TS`|lFfrLRVb3-"
    "nV=eJBE6*3ip0PlaEJ-zDZ?Rds<WBzC9_cKAv>gTCh~X`4i`BbrxTmeJXZ7-"
    "=C?}ijlaJ*$z8_VHgDG|sAHmkq3iLOaby6wc%yKhH3OG1lLQ7>j=lfWU!pLnw_nad*R0YM%1;0(iEI;emFnIM^wAIIA;&)f1{%u;edi%}|6ROq3|"
    "s7I8ly&N%1_PLCsI&ou(0U|DRH<?_RbO2!^Q$lqzPtlJ<KaJt_1dXXLdEEU9|}FPZR^qzBiT(g?HM+*hsRUJ6v3BR{M1GOpiu1z)OtIn<0-"
    "EV9EgI-iPneK!?UNMx2Q&^WzyrGd6QOwha43lpFdbBATK@gxC_>kp6Vw`9InKUh0QH2R6#Q18;Fc8)jFrXH80vcFVsyiyR90FLIYTCv_rM#WLGNo"
    "tAbg)=v;6QK`^Boa5Ncg$y}75{vi+OSN0ME~6g6aBm1YocRPK#uxalDj_0W856?}k4L7r6B7j0HmFsW>;0H}WVXLNQDcp4gOU`rJUkGpQoWpRw|~"
    "!owd1!W-"
    "oZE>4gw&0YTR@GQ`yn~&f&zOkEKLh<rwbiHwRDmqyqK3%Qi3YkU?Lay_2>s<!#8t4oxmJ#>OFK3=RL|5lBvz){W<JaLEbC6@rOIuI|U}<!jGFJ|g"
    "^Mqd#^`?H`gt^U`g{RfdM-aq|zplLXV%YWT7~a-;}}aI#A;ewK_K1Cs9R3l9p&!FE)7Q-j$^?G;E%dEyfkq4JK_B=#O!uFoQA<*+B=kq`ae-"
    "ctJ1=-MJqiV(1QRF9|4L>Dhfk*)o9Bhfxu8ORcXOV61M2g!0B?U0kcZ0EdvqpXaRAv2~!mbfCmlCX$`Ns(D?_>*E<PVz-VzjdJveHZ_5H4gSH<EM"
    "3s>%W^hcd(1>x#}o4V1o7smR~I1(u=*bovVHTgF6I>Hw_{eLbh%v+3qc!(0@Q1!YX3Oso2w^kj6L!nG}|)`bVQBc=dzNwLJ_WnFU#ML=AN{;M#1m"
    "m48kI04~m^kDNdEY^~yc(O=htS&7iAv6ucb_J%eSnnG~~M7t%15A#1$k^tk(xTkZ3BFYb-"
    "$3(QjofXB@qss^`Ag7KXwWO9?1T~e*%F5LMwXM5s)tBa^xy9;gA1-A(RCL-We;619fRwDB4jv0228|pX<)IX$+i{fzdTiv<A;UKP!jX{v=>LUWu8"
    "V(s0`9^emn?#CX4%Hv#H1IS#7?QWioQ`Kzj&~5;GUZFKXaOH5HJZJz>()Z+(dsR#*6q%jrXdL2^zE}V!1v7!f*qx$FRz2@6V<S)jdsk&bP$U$o*c"
    "|=(A8H-h`e8Knl@C{j!5d(kn51&c_7A0r-"
    "uvuPReWB0pU3*%agi$=5gq(B5|;7=cJ{8}zE$%H2BRSdR_2wdR$7?NFn1^+C_&<mn^GF2sIYJuGmoXJE&i)d&ko3*2@2?_M1j@Ry4ohj4dakSmm9"
    "=9mr^gR(_OQMxUyN-ktzl1tVP^qT`C46z^01fV#MV24aK)ArBA-AHz2;jv|Sbsny$o)T;IfJ9ktF^I>hV-Od<A1%#&VIwhvFZgv-VBAS+shVNx1w"
    "44?CI_K{6aSv{yNC$`xgMHB;IZ)S6%n%RqVy#{&%J#QuD>>b`|zY)@-b9Mg2}{X1;-"
    "}UX$8<P&_=;!EsxM`6)0*NkBe#h*d@wBAJ`9Go1vmVl1VqM1e)ILV8@T@8sD29_voxm9qkzLr~$COsQ#LW35X^CKJQ!~#*Dt9Loo|ER5FwE_5069"
    "bFd&(z`S|z1yq!Lb_BCyiNM5PS$c@`aWq!6&)7RK%Vi+8B&rF>5(a9F)k557;hs#AwPLj3_IaP>eVtEFJ_~QF|4SdikiQ;ycV4`{HdWJb%4`Vqjq"
    "LUnI!TG{t7#$lM_+{*e^J&^<ztybSKn8ceqSM*NO^S~<$AC;OF()dt+cvQ3$tE(bqHr$^q)>cA&^BBBg@q({CTn~s_DxehG4^_oJDHDJHTuX^RO>"
    "{ip@ZglNBIuvyO35Imx|miKT`#{%Ae$KU>;ymt^+Cfib*Wp~W&pM=tj`G_BxEhRO)tbumG#3YsGhBxf}S3IsqHyqk5^0W`7>Vj00dgC(_~ARd%c_"
    "V5z^a_A}U9Akgu05_>2Dlx|A6LM;7)Xy!}Z~eM=@#26Ead|-"
    "UG0;k)<mip+2uD<ueT0kxafNICWtk#Cgh_>pf%;{G@M76$n9+{KHe~Pye!02C3es1bsemfIjT`cZ<eikRIevIeu}fcY5bjUJE^a)Fr~`1X!HE3qu"
    "SRaDFxRnTV&%y)nSi;0-"
    "pp}y^Z#(8U5XeE;V#h2|J3NwPPGF#eo0yP0@Nun3F#v1Rugggt06~NA^25YlJKe=J%k!>9;?*mW0^KK$5hTMJU?n{Z3`A2cYA`C*WBm*7AbH^WR%"
    "qQ2NonsT7S3B<PIHHUS(!!evgv?0000000000000055EB?7D*"
)

# Wycheproof, aes_gcm_test, test 91.
AES_KEY = bytes.fromhex("92ace3e348cd821092cd921aa3546374299ab46209691bc28b8752d17f123c20")
AES_NONCE = bytes.fromhex("00112233445566778899aabb")
AES_AAD = bytes.fromhex("00000000ffffffff")
AES_PLAINTEXT = bytes.fromhex("00010203040506070809")
AES_CIPHERTEXT = bytes.fromhex("e27abdd2d2a53d2f136b9a4a2579529301bcfb71c78d4060f52c")

KNOWN_ANSWERS: dict[Algorithm, tuple[KnownAnswer, ...]] = {
    Algorithm.ML_KEM_768: (
        KnownAnswer(
            DerivePublicKey(Algorithm.ML_KEM_768, ML_KEM_768_SEED),
            "86adbca81f4fee893e2fb58fb98aa2fe188f501fed268d7f4056f8c05c4e53c4",
        ),
        KnownAnswer(
            Decapsulate(Algorithm.ML_KEM_768, ML_KEM_768_SEED, ML_KEM_768_CIPHERTEXT),
            "1e6818a41eb0ec7f1187a4762e4bc1daef7c99881deb630f46b9109234c73623",
        ),
    ),
    Algorithm.X_WING: (
        KnownAnswer(
            DerivePublicKey(Algorithm.X_WING, X_WING_SEED),
            "2e816deebcd76c5c80d0cd2d174478871658e8e2ff42bc9d4a6e486372e856bb",
        ),
        KnownAnswer(
            Decapsulate(Algorithm.X_WING, X_WING_SEED, X_WING_CIPHERTEXT),
            "e0d7614a8a113f736c5e9c62eca34f0a79142e06730c2048352bfe6a07231534",
        ),
    ),
    Algorithm.X25519: (
        KnownAnswer(
            DerivePublicKey(Algorithm.X25519, X25519_PRIVATE_KEY),
            "8b228cd75ab70badbec1beb5233f068a684fe81c7c6261c0c8a7af320e9d841b",
        ),
        KnownAnswer(
            Agree(Algorithm.X25519, X25519_AGREEING_PRIVATE_KEY, X25519_AGREEING_PUBLIC_KEY),
            "d2d8cd2f4dfb055d79c4ad3a5e589b499c49e05d8b5b38153a0196655eb18ab1",
        ),
    ),
    Algorithm.ED25519: (
        KnownAnswer(
            DerivePublicKey(Algorithm.ED25519, ED25519_PRIVATE_KEY),
            "21fe31dfa154a261626bf854046fd2271b7bed4b6abe45aa58877ef47f9721b9",
        ),
        KnownAnswer(Verify(Algorithm.ED25519, ED25519_PUBLIC_KEY, b"", ED25519_SIGNATURE), True),
        KnownAnswer(Verify(Algorithm.ED25519, ED25519_PUBLIC_KEY, b"another message", ED25519_SIGNATURE), False),
        KnownAnswer(
            Verify(Algorithm.ED25519, ED25519_MALLEABLE_PUBLIC_KEY, b"Test", ED25519_MALLEABLE_SIGNATURE), False
        ),
    ),
    Algorithm.ML_DSA_65: (
        KnownAnswer(
            DerivePublicKey(Algorithm.ML_DSA_65, ML_DSA_65_SEED),
            "b7acce2ddb11f8cc1aa46e2bafac6eacfa2b732ef192bd636ad8d3a56d649c66",
        ),
        KnownAnswer(Verify(Algorithm.ML_DSA_65, ML_DSA_65_PUBLIC_KEY, ML_DSA_65_MESSAGE, ML_DSA_65_SIGNATURE), True),
        KnownAnswer(Verify(Algorithm.ML_DSA_65, ML_DSA_65_PUBLIC_KEY, b"another message", ML_DSA_65_SIGNATURE), False),
    ),
    Algorithm.AES_GCM: (
        KnownAnswer(
            Seal(AES_KEY, AES_NONCE, AES_AAD, AES_PLAINTEXT),
            "f7d27e063734bb293731cc9b930b54a5bb2c6a2abea2e748cb2761f24bc5c95e",
        ),
        KnownAnswer(
            Open(AES_KEY, AES_NONCE, AES_AAD, AES_CIPHERTEXT),
            "1f825aa2f0020ef7cf91dfa30da4668d791c5d4824fc8e41354b89ec05795ab3",
        ),
    ),
}
